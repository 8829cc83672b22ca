"""What each of WeChat's inbound types means to us. The list is the official documentation's."""

from dataclasses import dataclass

from bot.channels.wechat.message import Message
from flows.heard import HeardKind


@dataclass(frozen=True)
class Take:
    """Words, or what stands for words: a turn of the conversation."""

    kind: HeardKind
    text: str = ""


@dataclass(frozen=True)
class Fetch:
    """A voice message, picture or video: to be fetched within three days, and stored."""

    media_ids: tuple[str, ...]
    """Whichever answers first."""
    media_type: str
    kind: HeardKind


@dataclass(frozen=True)
class Say:
    """A fixed answer, by its key in the catalogue."""

    prompt: str


@dataclass(frozen=True)
class Ignore:
    """Acknowledged, nothing to say."""


Intake = Take | Fetch | Say | Ignore

_VOICES = {"amr": "audio/amr", "speex": "audio/speex"}
_SCENE = "qrscene_"


def intake(message: Message) -> Intake:
    """Never raises: what nobody has heard of gets a sensible answer, too."""
    if message.kind == "event":
        return _event(message)
    match message.kind:
        case "text":
            text = message["Content"]
            return Take(HeardKind.TEXT, text) if text else Say("wechat.unsupported")
        case "voice":
            return _fetch(
                (message["MediaId"], message["MediaId16K"]),
                _VOICES.get(message["Format"].lower(), "audio/amr"),
                HeardKind.SPEECH,
            )
        case "image":
            return _fetch((message["MediaId"],), "image/jpeg", HeardKind.PICTURE)
        case "video" | "shortvideo":
            return _fetch((message["MediaId"],), "video/mp4", HeardKind.PICTURE)
        case "location":
            return _place(message["Label"])
        case _:
            # link, file, miniprogrampage and what is yet to come: we cannot look into them.
            return Say("wechat.unsupported")


def _event(message: Message) -> Intake:
    key = message["EventKey"]
    match message.event:
        case "subscribe":
            return _scene(key.removeprefix(_SCENE)) if key else Take(HeardKind.OPENED)
        case "scan":
            return _scene(key.removeprefix(_SCENE))
        case "click":
            # A menu's key is what the resident would have said: 查进度, 人工.
            return Take(HeardKind.TEXT, key) if key else Ignore()
        case "location_select":
            return _place(f"{message['Label']}{message['Poiname']}")
        case "scancode_waitmsg":
            return _scene(message["ScanResult"].removeprefix(_SCENE))
        case _:
            # unsubscribe, LOCATION (where somebody is, unasked: not kept), VIEW, scancode_push,
            # pic_* (the pictures follow as messages), TEMPLATESENDJOBFINISH, and all others.
            return Ignore()


def _fetch(media_ids: tuple[str, ...], media_type: str, kind: HeardKind) -> Intake:
    known = tuple(filter(None, media_ids))
    return Fetch(known, media_type, kind) if known else Say("wechat.unsupported")


def _place(label: str) -> Intake:
    # A bare pin without a label is a coordinate: nothing the community's map of names can use.
    return Take(HeardKind.LOCATION, label) if label else Say("wechat.where")


def _scene(scene: str) -> Intake:
    return Take(HeardKind.SCENE, scene) if scene else Take(HeardKind.OPENED)
