from bot.settings import Settings
from bot.storage.box import Box, load_or_make_secret
from bot.storage.database import Database


def open_box(settings: Settings) -> Box:
    """Under the configured secret or the one in the data folder (made on first use). Raises
    `Failure` with what to do."""
    return Box(settings.secret_key.get_secret_value() or load_or_make_secret(settings.home))


def open_database(settings: Settings) -> Database:
    """The configured database, brought to this version. Raises `Failure` with what to do."""
    database = Database(settings.database, open_box(settings))
    database.migrate()
    return database
