"""What an operator writes wrongly in `notices:` is one clear line that names file and line."""

from pathlib import Path

import pytest

from bot.notices.profile import read_notices
from locales.load import DEMO, ProfileError, load_community


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('quiet_hours: "21-7"', "quiet_hours"),
        ("quiet: always", "quiet"),
        ('template: {id: T, fields: {thing1: "{{ categroy }}"}}', "categroy"),
        ('template: {id: T, fields: {thing1: "{{ category "}}', "模板写法有误"),
        ('sms: {url: "gateway", body: "x"}', "url"),
        ('sms: {url: "https://g/", body: "{{ phone }"}', "模板写法有误"),
        ('sms: {url: "https://g/", body: "x", accepted: "("}', "正则"),
        ('sms: {url: "https://g/", body: "x", secret: "abc"}', "密钥不能直接写"),
        ('sms: {url: "https://g/", body: "{{ phone.__class__ }}"}', "模板写法有误"),
    ],
)
def test_a_mistake(tmp_path: Path, written: str, says: str) -> None:
    file = tmp_path / "community.yaml"
    text = DEMO.read_text(encoding="utf-8")
    wanted = '  quiet_hours: "21:00-07:30"'
    assert wanted in text
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith(wanted))
    file.write_text(text.replace(wanted, f"  {written}", 1), encoding="utf-8")
    with pytest.raises(ProfileError) as raised:
        read_notices(load_community(file).profile, file)
    message = str(raised.value)
    assert "community.yaml" in message
    assert f"第 {line} 行" in message
    assert says in message
    assert "\n" not in message
