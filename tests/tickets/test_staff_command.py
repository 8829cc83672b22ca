from pathlib import Path

import pytest

from bot.cli import main
from bot.residents.staff import authenticate
from bot.storage.box import Box
from bot.storage.database import Database


def _run(monkeypatch: pytest.MonkeyPatch, home: Path, *words: str) -> int:
    monkeypatch.setenv("LINSHENG_HOME", str(home))
    monkeypatch.setenv("LINSHENG_SECRET_KEY", "a secret for tests only")
    monkeypatch.chdir(home)
    monkeypatch.setattr("sys.argv", ["linsheng", "staff", "add", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_an_account_belongs_to_an_organisation_of_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("李师傅", "--role", "worker", "--organisation")
    assert _run(monkeypatch, tmp_path, *words, "nobody") == 1
    assert "可用的有 wy、zyz" in capsys.readouterr().err
    assert _run(monkeypatch, tmp_path, *words, "wy") == 0
    printed = capsys.readouterr().out
    password = next(x.partition("：")[2] for x in printed.splitlines() if "密码：" in x)
    database = Database(f"sqlite:///{tmp_path / 'linsheng.db'}", Box("a secret for tests only"))
    staff = authenticate(database, "李师傅", password)
    database.close()
    assert staff is not None
    assert staff.organisation == "wy"
