"""Voice, pictures and videos: fetched, stored, and only then listened to."""

import logging
import time

from sqlalchemy import select

from bot.channels.wechat.api import Api
from bot.channels.wechat.errors import ApiError, Policy
from bot.channels.wechat.intake import Fetch
from bot.channels.wechat.message import Message
from bot.dialogue.answer import Inbound
from bot.dialogue.recognised import recognised
from bot.services import Services
from bot.storage.tables import Recording
from flows.channel import Channel
from flows.heard import HeardKind
from voice.codecs import decode
from voice.recognition.protocol import Recogniser, RecogniserBusy, Recognition
from voice.sound import AudioError, Sound

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds to wait for a free recogniser before leaving the message to the inbox worker."""


class MediaGone(Exception):
    """WeChat no longer has it, or never had: only the resident can send it again."""


def fetch(services: Services, api: Api, message: Message, wanted: Fetch) -> Inbound:
    """The input this message is. Raises `MediaGone`, `ApiError`, `RecogniserBusy`."""
    recording, data = _stored(services, message.key) or _download(services, api, message, wanted)
    inbound = Inbound(
        channel=Channel.WECHAT,
        address=message.openid,
        key=message.key,
        kind=wanted.kind,
        recording=recording,
        at=message.at,
    )
    if wanted.kind is not HeardKind.SPEECH:
        return inbound
    try:
        sound = decode(data)
    except AudioError as error:
        log.info("微信语音 %s 读不了：%s；已留存，转人工听", message.key, error)
        return inbound.model_copy(update={"kind": HeardKind.UNCLEAR, "confidence": 0.0})
    heard = _recognise(services.recogniser, sound)
    latest = services.dialogue.latest(Channel.WECHAT, message.openid)
    expects = latest.expects if latest else ()
    return inbound.model_copy(
        update={
            "kind": HeardKind.SPEECH if heard.text else HeardKind.UNCLEAR,
            **recognised(heard),
            **services.second.of_message(sound, expects, heard),
            "heard_until": sound.seconds,
        }
    )


def _stored(services: Services, key: str) -> tuple[str, bytes] | None:
    """Kept by an earlier try that did not come to its end."""
    with services.database.read() as session:
        found = session.scalars(
            select(Recording.id).where(Recording.call_id == key, Recording.state == "done")
        ).first()
    return (found, services.recordings.read(found)) if found else None


def _download(services: Services, api: Api, message: Message, wanted: Fetch) -> tuple[str, bytes]:
    for media_id in wanted.media_ids:
        try:
            data, kind = api.download(media_id)
        except ApiError as error:
            if error.policy is not Policy.OUR_BUG:
                raise
            log.warning("微信媒体取不到：%s", error)
            continue
        if not data:
            continue
        family = wanted.media_type.partition("/")[0]
        media_type = kind if kind.startswith(f"{family}/") else wanted.media_type
        stored = services.recordings.store(data, media_type[:40], call_id=message.key)
        return stored, data
    raise MediaGone


def _recognise(recogniser: Recogniser, sound: Sound) -> Recognition:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return recogniser.recognise(sound)
        except RecogniserBusy:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)
