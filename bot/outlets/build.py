"""The profile's outlets made ready: secrets read, mappings compiled and tried."""

from pathlib import Path

from bot.failure import Failure
from bot.outlets.console import ConsoleAdapter
from bot.outlets.email import EmailAdapter
from bot.outlets.folder import FolderAdapter
from bot.outlets.mapping import Mapping, MappingError
from bot.outlets.open311.client import Open311Client
from bot.outlets.profile import (
    ConsoleOutlet,
    EmailOutlet,
    FolderOutlet,
    Open311Outlet,
    Outlet,
    WebhookOutlet,
    read_outlets,
)
from bot.outlets.protocol import Adapter
from bot.outlets.webhook import WebhookAdapter
from bot.settings import Settings
from flows.profile import Profile
from locales.load import DEMO, ProfileError
from locales.where import line_of


def build_outlets(profile: Profile, settings: Settings) -> dict[str, tuple[Outlet, Adapter]]:
    """By name. Raises `Failure`: one line with file, line and what to do."""
    source = settings.community or DEMO
    try:
        outlets = read_outlets(profile, settings.community)
    except ProfileError as error:
        raise Failure(str(error)) from None
    return {
        outlet.name: (outlet, _adapter(outlet, at, source, settings.home))
        for at, outlet in enumerate(outlets)
    }


def _adapter(outlet: Outlet, at: int, source: Path, home: Path) -> Adapter:
    whose = f"outlets 的 {outlet.name}"
    match outlet:
        case Open311Outlet():
            return Open311Client(
                outlet.url,
                outlet.api_key.read(whose),
                jurisdiction_id=outlet.jurisdiction_id,
                form=outlet.format,
                services=outlet.services,
            )
        case WebhookOutlet():
            return WebhookAdapter(
                outlet.url, outlet.secret.read(whose), _mapping(outlet, at, source)
            )
        case FolderOutlet():
            return FolderAdapter(home / Path(outlet.path).expanduser(), outlet.format)
        case EmailOutlet():
            return EmailAdapter(outlet, outlet.password.read(whose) if outlet.password else "")
        case ConsoleOutlet():
            return ConsoleAdapter(outlet.name)


def _mapping(outlet: WebhookOutlet, at: int, source: Path) -> Mapping | None:
    """Raises `Failure` naming the line in the profile or in the mapping's own file."""
    if outlet.mapping:
        line = line_of(source, ("outlets", at, "mapping"))
        return _compile(outlet.mapping, outlet, source, line)
    if outlet.mapping_file:
        file = source.parent / outlet.mapping_file
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            line = line_of(source, ("outlets", at, "mapping_file"))
            raise Failure(f"{source}: 第 {line} 行的映射文件 {file} 读不了。") from None
        return _compile(text, outlet, file, 0)
    return None


def _compile(text: str, outlet: WebhookOutlet, file: Path, before: int) -> Mapping:
    try:
        return Mapping(text, outlet.fields)
    except MappingError as error:
        where = f"{file}: 第 {before + error.line} 行"
        raise Failure(f"{where} outlets 的 {outlet.name} 的映射有误：{error}。") from None
