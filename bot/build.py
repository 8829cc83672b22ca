"""Builds every part of the service from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.community import read_community, read_wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.warm import warm
from bot.failure import Failure
from bot.outlets.build import build_outlets
from bot.services import Services
from bot.settings import Settings
from bot.sources.background import build_sources
from bot.speech import open_voice
from bot.storage.open import open_database
from bot.storage.recordings import Recordings
from voice.recognition.pool.pool import Pool
from voice.recognition.protocol import RecogniserMissing
from voice.recorded.recorded import Recorded


@contextmanager
def build(settings: Settings) -> Iterator[Services]:
    """Everything, with what is not there yet created and migrated; let go of at the end.

    Raises `Failure` with one clear line when an essential part is missing or broken.
    """
    community = read_community(settings.community)
    build_outlets(community.profile, settings)  # a mistake in them is told before anything starts
    build_sources(community.profile, settings)
    recogniser = _recogniser(settings)
    database = open_database(settings)
    voice = open_voice(settings, community.profile)
    wording = read_wording(community)
    warm(community)
    voice.start()
    try:
        yield Services(
            settings=settings,
            database=database,
            community=community,
            wording=wording,
            recordings=Recordings(settings.home, database, database.box),
            dialogue=Dialogue(database, community, wording, settings),
            recogniser=recogniser,
            synthesiser=Recorded(voice, settings.voices, database.box),
        )
    finally:
        recogniser.close()
        voice.close()
        database.close()


def _recogniser(settings: Settings) -> Pool:
    try:
        return Pool(settings.vosk_folder)
    except RecogniserMissing as error:
        raise Failure(str(error)) from None
