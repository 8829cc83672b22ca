"""`/desk/voices`: prompts in the voice of somebody people know, recorded in the browser."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from rapidfuzz import fuzz, process
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.desk.page import desk_page
from bot.desk.rights import may_publish
from bot.desk.signed import Member, account, check_csrf, flash, posted
from bot.pages.errors import Refused
from bot.pages.media import media
from bot.pages.words import say
from bot.services import Services
from flows.gazetteer import Gazetteer
from locales.wording import Wording
from voice.codecs import encode_mp3, encode_wav
from voice.recorded.pack import PACKS, Pack, Speaker, Take, clause_id
from voice.recorded.recorded import Shelf
from voice.sound import AudioError, Sound
from voice.synthesis.protocol import SynthesisError

router = APIRouter(prefix="/voices")

MOST = 100
"""Clauses on one page."""
PLACES = 300
"""Houses, staircases and landmarks: nobody records more."""
_LIKE = 50
"""Per cent of characters in common from which on a clause may be another's new wording."""
STATES = ("missing", "take", "stale", "published", "outdated")


@dataclass(frozen=True)
class Line:
    """One clause as the list shows it."""

    id: str
    text: str
    state: str
    """One of `STATES`."""


class Studio:
    """One pack of the community, and who stands in front of it."""

    def __init__(
        self,
        request: Request,
        pack: str = PACKS[0],
        clause: str = "",
        member: Member = Depends(account),
        services: Services = Depends(Services.of),
    ) -> None:
        self.request = request
        self.member = member
        self.services = services
        self.shelf = Shelf(services.settings.voices, services.database.box)
        if pack not in PACKS:
            raise Refused(404, "voices.missing")
        self.name = pack
        self.pack: Pack = self.shelf.pack(pack)
        self.clauses = clauses(services.wording, services.community.gazetteer)
        self.clause = clause
        self.text = self.clauses.get(clause, "")
        if clause and not self.text:
            take = self.pack.take(clause) if clause.isalnum() and clause.isascii() else None
            if take is None:
                raise Refused(404, "voices.missing")
            self.text = take.text

    def publisher(self) -> None:
        """Raises 403 for who may record but not decide."""
        if not may_publish(self.member.role):
            raise Refused(403, "voices.no_right")

    def line(self, clause: str, take: Take | None) -> Line:
        text = self.clauses.get(clause)
        if text is None:
            return Line(clause, take.text if take else "", "outdated")
        if self.pack.published(clause):
            return Line(clause, text, "stale" if self.pack.stale(clause) else "published")
        return Line(clause, text, "take" if take else "missing")

    def lines(self) -> list[Line]:
        """Every clause, as it is said in the service, then takes of what is said no longer."""
        takes = self.pack.takes()
        gone = [clause for clause in takes if clause not in self.clauses]
        return [self.line(clause, takes.get(clause)) for clause in (*self.clauses, *gone)]

    def home(self, text: str = "", *, here: bool = False) -> Response:
        """Back to the list, or to the clause, with a word about what was done."""
        if text:
            flash(self.request, text)
        path = f"{self.name}/{self.clause}" if here else f"?pack={self.name}"
        return RedirectResponse(f"/desk/voices/{path}".replace("/?", "?"), 303)


@cache
def clauses(wording: Wording, gazetteer: Gazetteer) -> dict[str, str]:
    """What can be recorded, by its id: every clause that is known beforehand, places last."""
    places = wording.fixed_clauses(gazetteer.usual()[:PLACES])
    return {clause_id(text): text for text in (*wording.fixed_clauses(), *places)}


@router.get("")
def listing(show: str = "missing", studio: Studio = Depends()) -> Response:
    return _listing(studio, show)


def _listing(studio: Studio, show: str, problem: str = "", status: int = 200) -> Response:
    lines = studio.lines()
    counts = Counter(line.state for line in lines)
    show = show if show in STATES else "missing"
    return desk_page(
        studio.request,
        "voices.html",
        studio.member,
        here="voices",
        pack=studio.name,
        packs=PACKS,
        active=studio.shelf.active,
        lines=[line for line in lines if line.state == show][:MOST],
        limit=MOST,
        show=show,
        states=STATES,
        counts=counts,
        total=len(studio.clauses),
        on_air=counts["published"] + counts["stale"],
        speaker=studio.pack.speaker(),
        publisher=may_publish(studio.member.role),
        problem=problem,
        status=status,
    )


@router.get("/{pack}/{clause}")
def show(studio: Studio = Depends()) -> Response:
    return _one(studio)


def _now_said(studio: Studio) -> str:
    """The clause that took the place of one which is said no longer: the likest without a voice."""
    if studio.clause in studio.clauses:
        return ""
    silent = {each: text for each, text in studio.clauses.items() if not studio.pack.take(each)}
    likest = process.extractOne(studio.text, silent, scorer=fuzz.ratio, score_cutoff=_LIKE)
    return likest[2] if likest else ""


def _one(studio: Studio, problem: str = "", status: int = 200) -> Response:
    take = studio.pack.take(studio.clause)
    missing = (line.id for line in studio.lines() if line.state == "missing")
    return desk_page(
        studio.request,
        "voice.html",
        studio.member,
        here="voices",
        pack=studio.name,
        clause=studio.clause,
        line=studio.line(studio.clause, take),
        text=studio.text,
        instead=(instead := _now_said(studio)),
        instead_text=studio.clauses.get(instead, ""),
        take=take,
        next=next((each for each in missing if each != studio.clause), ""),
        publisher=may_publish(studio.member.role),
        problem=problem,
        status=status,
    )


async def uploaded(request: Request, member: Member = Depends(account)) -> bytes:
    """The recording in a form from one of our pages; the guard has bounded its size."""
    async with request.form(max_files=1, max_fields=5) as form:
        check_csrf(request, str(form.get("csrf", "")))
        file = form.get("sound")
        return await file.read() if isinstance(file, UploadFile) else b""


@router.post("/{pack}/{clause}/take")
def take(studio: Studio = Depends(), data: bytes = Depends(uploaded)) -> Response:
    if not data:
        return _one(studio, say("voices.file_missing"), 422)
    try:
        studio.pack.record(studio.text, data, studio.member.name, datetime.now(UTC))
    except AudioError as error:
        return _one(studio, str(error), 422)
    return studio.home("voices.taken", here=True)


@router.post("/{pack}/{clause}/trim")
def trim(studio: Studio = Depends(), fields: dict[str, str] = Depends(posted)) -> Response:
    try:
        begin, end = (float(fields.get(name, "")) for name in ("begin", "end"))
        studio.pack.trim(studio.clause, begin, end)
    except ValueError as error:
        told = str(error) if isinstance(error, AudioError) else say("error.422.text")
        return _one(studio, told, 422)
    return studio.home("voices.trimmed", here=True)


@router.post("/{pack}/{clause}/publish", dependencies=[Depends(posted)])
def publish(studio: Studio = Depends()) -> Response:
    studio.publisher()
    try:
        studio.pack.publish(studio.clause)
    except PermissionError:
        return _one(studio, say("voices.speaker_first"), 422)
    except AudioError as error:
        return _one(studio, str(error), 422)
    return studio.home("voices.published", here=True)


@router.post("/{pack}/{clause}/unpublish", dependencies=[Depends(posted)])
def unpublish(studio: Studio = Depends()) -> Response:
    studio.publisher()
    studio.pack.unpublish(studio.clause)
    return studio.home("voices.unpublished", here=True)


@router.post("/{pack}/{clause}/drop", dependencies=[Depends(posted)])
def drop(studio: Studio = Depends()) -> Response:
    studio.publisher()
    studio.pack.drop(studio.clause)
    return studio.home("voices.dropped")


@router.post("/{pack}/speaker")
def speaker(studio: Studio = Depends(), fields: dict[str, str] = Depends(posted)) -> Response:
    studio.publisher()
    if fields.get("consent") != "yes":
        return _listing(studio, "missing", say("voices.consent_missing"), 422)
    try:
        spoken = Speaker.model_validate(
            {
                "name": fields.get("name", ""),
                "language": fields.get("language", ""),
                "licence": fields.get("licence", ""),
                "consent": say("voices.consent"),
                "witness": studio.member.name,
                "at": datetime.now(UTC),
            }
        )
    except ValidationError:
        return _listing(studio, "missing", say("voices.speaker_missing"), 422)
    studio.pack.introduce(spoken)
    return studio.home("voices.speaker_saved")


@router.post("/{pack}/active", dependencies=[Depends(posted)])
def activate(studio: Studio = Depends()) -> Response:
    studio.publisher()
    studio.shelf.activate(studio.name)
    return studio.home("voices.activated")


@router.post("/{pack}/erase")
def erase(studio: Studio = Depends(), fields: dict[str, str] = Depends(posted)) -> Response:
    studio.publisher()
    if fields.get("sure") != "yes":
        return _listing(studio, "missing", say("voices.erase_unsure"), 422)
    studio.pack.erase()
    return studio.home("voices.erased")


@router.get("/{pack}/{clause}/take.mp3")
def hear_take(studio: Studio = Depends()) -> Response:
    """The take as residents would hear it."""
    try:
        return _sound(studio.request, studio.pack.mastered(studio.clause))
    except AudioError:
        raise Refused(404, "voices.missing") from None


@router.get("/{pack}/{clause}/original.wav")
def hear_original(studio: Studio = Depends()) -> Response:
    """The whole take, for its picture."""
    try:
        data = encode_wav(studio.pack.original(studio.clause))
    except AudioError:
        raise Refused(404, "voices.missing") from None
    return media(studio.request, data, "audio/wav")


@router.get("/{pack}/{clause}/now.mp3")
def hear_now(studio: Studio = Depends()) -> Response:
    """What residents hear at present, whoever says it."""
    try:
        return _sound(studio.request, studio.services.synthesiser.speak(studio.text))
    except SynthesisError:
        raise Refused(503, "status.mute") from None


def _sound(request: Request, sound: Sound) -> Response:
    return media(request, encode_mp3(sound), "audio/mpeg")
