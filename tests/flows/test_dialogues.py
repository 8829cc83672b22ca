"""Golden dialogues. `pytest tests/flows/test_dialogues.py --update` writes them anew: then read
the difference, every changed line is something a resident will hear."""

from pathlib import Path

import pytest

from flows.community import Community
from locales.wording import Wording
from tests.flows.script import Script

FILES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_dialogue(
    file: Path, community: Community, wording: Wording, request: pytest.FixtureRequest
) -> None:
    source = file.read_text(encoding="utf-8")
    played = Script(community, wording).play(source)
    if request.config.getoption("--update"):
        file.write_text(played, encoding="utf-8")
    assert played == source, "differs from the golden file; see --update"


def test_there_are_dialogues() -> None:
    assert len(FILES) >= 20
