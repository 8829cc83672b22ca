"""From a consent and a correction at the desk to a folder that can be scored."""

import secrets
import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands import misheard as command
from bot.dialogue.answer import Inbound
from bot.failure import Failure
from bot.residents.misheard import Misheard, misheard
from bot.storage.tables import ConversationRow, Resident, Ticket, TurnRow
from flows.channel import Channel
from flows.heard import HeardKind
from tests.pages.site import Site

HEARD, SAID = "楼道里的等坏了", "楼道里的灯坏了"
PCM = bytes(range(256)) * 100


def spoken(site: Site, words: str) -> Ticket:
    """A WeChat voice message that became a ticket."""
    recording = site.services.recordings.store(PCM, "audio/l16;rate=8000")
    answer = site.services.dialogue.take(
        Inbound(
            channel=Channel.WECHAT,
            address=secrets.token_hex(8),
            key=secrets.token_hex(8),
            kind=HeardKind.SPEECH,
            text=words,
            confidence=0.9,
            recording=recording,
        )
    )
    assert answer.ticket is not None
    with site.services.database.read() as session:
        return session.query(Ticket).filter_by(number=answer.ticket.number).one()


def test_what_was_corrected_with_consent_becomes_a_test(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign_in("volunteer")
    ticket = spoken(site, HEARD)
    spoken(site, HEARD)  # of somebody who was not asked
    path = f"/desk/tickets/{ticket.number}"
    site.post(path, f"{path}/correct", words=SAID)
    assert not export(site, tmp_path / "none", monkeypatch)

    site.post(path, f"{path}/may-learn", may_learn="yes")
    last = site.events(ticket)[-1]
    assert (last.kind, last.actor, last.data) == ("may_learn", "小陈", {"may_learn": True})
    assert "居民说录音能不能用" in site.client.get(path).text
    assert export(site, tmp_path / "set", monkeypatch) == 1
    assert (tmp_path / "set" / "transcripts.tsv").read_text() == f"00001.wav\t{SAID}\t{HEARD}\n"
    with wave.open(str(tmp_path / "set" / "00001.wav")) as file:
        assert file.readframes(1 << 20) == PCM
    with pytest.raises(Failure, match="不是空的"):
        export(site, tmp_path / "set", monkeypatch)

    site.post(path, f"{path}/may-learn", may_learn="no")
    assert not export(site, tmp_path / "withdrawn", monkeypatch)
    assert site.post(path, f"{path}/may-learn", may_learn="perhaps").status_code == 422


def test_nobody_has_agreed_who_was_not_asked(site: Site) -> None:
    spoken(site, HEARD)
    with site.services.database.read() as session:
        assert [resident.may_learn for resident in session.query(Resident)] == [False]
        assert not list(misheard(session))


def export(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(command, "read_settings", lambda: site.services.settings)
    return command.export_misheard(folder)


def test_an_utterance_of_a_call_is_cut_out_of_it(site: Site) -> None:
    now = datetime.now(UTC)
    call = site.services.recordings.store(PCM, "audio/l16;rate=8000")
    turns: list[dict[str, Any]] = [
        {"kind": "opened", "text": ""},
        {"kind": "speech", "text": HEARD, "recording": call, "until": 0.5},
        {"kind": "fixed", "text": SAID, "fix": {"slot": "words", "by": "小陈", "was": HEARD}},
        {"kind": "unclear", "text": "", "recording": call, "until": 0.75},
        {"kind": "fixed", "text": "3幢", "fix": {"slot": "place", "by": "小陈"}},
        {"kind": "fixed", "text": "三幢", "fix": {"slot": "words", "by": "小陈"}},
        {"kind": "key", "text": "", "key": "1", "recording": call, "until": 1.0},
        {"kind": "speech", "text": "对", "recording": call, "until": 1.25},
    ]
    with site.services.database.begin() as session:
        who = Resident(
            id="r", channel="phone", address_hash="h", address="1", created=now, seen=now,
            may_learn=True,
        )  # fmt: skip
        session.add(who)
        session.flush()
        row = ConversationRow(
            id="c", resident_id="r", channel="phone", state={}, created=now, updated=now
        )
        session.add(row)
        session.flush()
        for seq, heard in enumerate(turns):
            session.add(
                TurnRow(
                    conversation_id="c", seq=seq, key=str(seq), heard={"inputs": [heard]},
                    turn={}, answer={}, at=now,
                )
            )  # fmt: skip
    with site.services.database.read() as session:
        found = list(misheard(session))
    assert found == [Misheard(call, 0.0, 0.5, HEARD, SAID), Misheard(call, 0.5, 0.75, "", "三幢")]
    sound = found[1].sound(site.services.recordings)
    assert sound is not None
    assert sound.pcm == PCM[8000:12000]
