"""`linsheng doctor`: what is ready, what is missing, and how to mend it; a line each."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import typer

from bot.commands.port import port_is_free
from bot.commands.settings import read_settings
from bot.community import read_community, read_wording
from bot.failure import Failure
from bot.followup.working_days import KNOWN_UNTIL
from bot.notices.profile import read_notices
from bot.settings import Settings
from bot.speech import open_voice
from bot.storage.open import open_box, open_database
from locales.load import ProfileError
from voice.models.catalogue import MODELS
from voice.models.status import status
from voice.recognition.engine import check as check_hearing
from voice.recognition.protocol import RecogniserMissing
from voice.recorded.pack import PACKS
from voice.recorded.recorded import Shelf

app = typer.Typer()

_ROOM = 1024 * 1024 * 1024
"""Bytes: about 18 hours of calls at 16 kB/s."""


class Mark(Enum):
    GOOD = "✓"
    """Ready."""
    LESS = "·"
    """Works without, but less well, or not set up; nobody needs to do anything."""
    BAD = "✗"
    """Essential and missing."""


@dataclass(frozen=True)
class Line:
    mark: Mark
    text: str


@app.command()
def doctor() -> None:
    """逐项检查：哪些已就绪（✓），哪些没有也行（·），缺什么、怎么补（✗）。"""
    bad = False
    for check in _CHECKS:
        for line in check():
            print(f"{line.mark.value} {line.text}", flush=True)
            bad = bad or line.mark is Mark.BAD
    if bad:
        raise Failure("有必需的部分还没就绪，请照上面 ✗ 的说明处理后再试一次。")
    print("全部必需的部分都已就绪，可以运行 linsheng serve。")


def _python() -> Iterator[Line]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Line(
        Mark.GOOD if good else Mark.BAD,
        f"Python {version}" + ("" if good else "：太旧，请装 3.11 或更新的版本"),
    )


def _settings() -> Iterator[Line]:
    try:
        read_settings()
    except Failure as failure:
        yield Line(Mark.BAD, str(failure))
    else:
        yield Line(Mark.GOOD, "设置：没有写错的")


def _home() -> Iterator[Line]:
    home = _read().home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free
        writable = os.access(home, os.W_OK)
    except OSError as error:
        yield Line(Mark.BAD, f"数据文件夹 {home}：{error.strerror}；请检查权限或改 LINSHENG_HOME")
        return
    if not writable:
        yield Line(Mark.BAD, f"数据文件夹 {home} 写不了：请检查权限或改 LINSHENG_HOME")
    elif free < _ROOM:
        yield Line(Mark.BAD, f"数据文件夹 {home} 只剩 {free // 2**20} MB：请腾出 1 GB 以上")
    else:
        yield Line(Mark.GOOD, f"数据文件夹 {home}，还有 {free // 2**30} GB")


def _profile() -> Iterator[Line]:
    try:
        profile = read_community(_read().community).profile
    except Failure as failure:
        yield Line(Mark.BAD, str(failure))
        return
    houses = sum(len(estate.all_buildings()) for estate in profile.places)
    demo = "" if _read().community else "（自带的示例；正式使用请设 LINSHENG_COMMUNITY）"
    yield Line(Mark.GOOD, f"社区：{profile.name}，{houses} 幢楼{demo}")


def _database() -> Iterator[Line]:
    try:
        database = open_database(_read())
    except Failure as failure:
        yield Line(Mark.BAD, str(failure))
        return
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.engine.dialect.name]
    database.close()
    yield Line(Mark.GOOD, f"数据库：{kind}，表是最新的")


def _models() -> Iterator[Line]:
    folder = _read().models
    for model in MODELS:
        found = status(model, folder)
        # Hearing is judged by the folder in use; speaking has a last resort.
        yield Line(Mark.GOOD if found else Mark.LESS, str(found.sentence))


def _hearing() -> Iterator[Line]:
    folder = _read().vosk_folder
    try:
        engine = check_hearing(folder)
    except RecogniserMissing as error:
        yield Line(Mark.BAD, str(error))
        return
    yield Line(Mark.GOOD, f"听：{engine}，{folder.name}")
    size, free = _size(folder), _free_memory()
    if size > free:
        yield Line(
            Mark.LESS,
            f"听：这个模型至少要 {size / 2**30:.1f} GB 内存，这台机器只空着 {free / 2**30:.1f} GB",
        )


def _size(folder: Path) -> int:
    """Bytes of its files; the engine holds them in memory."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _free_memory() -> int:
    """Bytes."""
    text = Path("/proc/meminfo").read_text()
    return int(text.partition("MemAvailable:")[2].split()[0]) * 1024


def _recorded(settings: Settings) -> Iterator[Line]:
    if not settings.voices.exists():
        return  # to look must not make a key
    try:
        shelf = Shelf(settings.voices, open_box(settings))
    except Failure as failure:
        yield Line(Mark.BAD, str(failure))
        return
    for name in PACKS:
        if count := shelf.pack(name).count():
            first = "，先听这一套" if name == shelf.active else ""
            yield Line(Mark.GOOD, f"说：大家录的 {name} {count} 句{first}")


def _speaking() -> Iterator[Line]:
    settings = _read()
    try:
        community = read_community(settings.community)
    except Failure:
        return  # `_profile` has said why
    voice = open_voice(settings, community.profile)
    good = voice.name.startswith("kokoro")
    yield Line(Mark.GOOD if good else Mark.LESS, f"说：{voice.name}。{voice.reason}")
    yield from _recorded(settings)
    clauses = read_wording(community).fixed_clauses(community.gazetteer.usual())
    ready = sum(map(voice.has, clauses))
    rest = (
        "" if ready == len(clauses) else "；其余 serve 空闲时会做，也可运行 linsheng voice prepare"
    )
    yield Line(Mark.LESS if rest else Mark.GOOD, f"预先合成的语句：{ready}/{len(clauses)}{rest}")


def _ports() -> Iterator[Line]:
    settings = _read()
    places = [("网页", settings.bind, "LINSHENG_BIND", socket.SOCK_STREAM)]
    if settings.embedded_sip:
        places.append(("电话", settings.sip_bind, "LINSHENG_SIP_BIND", socket.SOCK_DGRAM))
    for what, address, variable, kind in places:
        try:
            port_is_free(address, what, variable, kind)
        except Failure as failure:
            yield Line(Mark.LESS, str(failure))
        else:
            yield Line(Mark.GOOD, f"{what}地址 {address} 空着，可以用")


def _asterisk() -> Iterator[Line]:
    settings = _read()
    if settings.asterisk_ari_url:
        from bot.channels.asterisk.state import look

        state = look(settings)
        yield Line(Mark.GOOD if state.reachable else Mark.BAD, f"交换机：{state.sentence}")


def _people() -> Iterator[Line]:
    settings = _read()
    if settings.human_extension:
        yield Line(Mark.GOOD, f"转人工：{settings.human_extension}")
    else:
        yield Line(Mark.LESS, "转人工：没有设 LINSHENG_HUMAN_EXTENSION，改为登记回电")


def _wechat() -> Iterator[Line]:
    settings = _read()
    if not settings.wechat_appid:
        yield Line(Mark.LESS, "微信：没有设置，只用电话和服务台")
    elif not settings.wechat_aes_key.get_secret_value():
        yield Line(
            Mark.LESS, "微信：明文模式；请在公众平台改为安全模式并设 LINSHENG_WECHAT_AES_KEY"
        )
    else:
        yield Line(Mark.GOOD, f"微信：安全模式，回调地址 {settings.base_url}/wechat")
    if settings.wechat_appid and settings.is_local:
        yield Line(Mark.LESS, "微信：居民打不开本机的链接；正式使用请设 LINSHENG_PUBLIC_URL")


def _follow_up() -> Iterator[Line]:
    try:
        profile = read_community(_read().community).profile
        rules = read_notices(profile, _read().community)
    except Failure:
        return  # `_profile` has said it
    except ProfileError as error:
        yield Line(Mark.BAD, str(error))
        return
    days = profile.follow_up.deadlines["default"]
    yield Line(
        Mark.GOOD,
        f"跟进：一般的 {days} 个工作日，问过居民 {profile.follow_up.close_after} 天没有回话就办结",
    )
    if datetime.now(UTC).year >= KNOWN_UNTIL:
        yield Line(
            Mark.LESS,
            f"跟进：放假和调休只知道到 {KNOWN_UNTIL} 年，以后先按周一到周五算；"
            "新一年的安排公布后请升级 chinesecalendar",
        )
    try:
        if rules.sms and rules.sms.secret:
            rules.sms.secret.read("notices.sms")
    except Failure as failure:
        yield Line(Mark.BAD, str(failure))
        return
    ways = ["微信"] if _read().wechat_appid else []
    ways += ["模板消息"] if ways and rules.template else []
    ways += ["短信"] if rules.sms else []
    if ways:
        yield Line(
            Mark.GOOD, f"通知：{'、'.join(ways)}，再不行请人告诉；{rules.quiet_hours} 不打扰"
        )
    else:
        yield Line(Mark.LESS, "通知：没有微信也没有短信，进展由工作人员打电话或上门告诉")


def _read() -> Settings:
    """The settings, or the defaults where they are malformed, which `_settings` has said."""
    try:
        return read_settings()
    except Failure:
        return Settings.model_construct()


_CHECKS: tuple[Callable[[], Iterator[Line]], ...] = (
    _python, _settings, _home, _profile, _database, _models, _hearing, _speaking, _ports,
    _asterisk, _people, _wechat, _follow_up,
)  # fmt: skip
