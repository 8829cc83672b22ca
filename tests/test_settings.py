import pytest

from bot.commands.settings import read_settings
from bot.failure import Failure


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BIND", "8000"),
        ("BIND", "127.0.0.1:99999"),
        ("SIP_BIND", "somewhere"),
        ("PUBLIC_URL", "linsheng.example"),
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "mysql://x/y"),
        ("SIP_ALLOW", "10.0.0.0/8,everywhere"),
        ("HUMAN_EXTENSION", "8001"),
        ("WECHAT_AES_KEY", "short"),
        ("VOICE", "opera"),
        ("OPEN311_KEYS", "just-a-key"),
        ("WECHAT_APPID", "wx-without-the-rest"),
    ],
)
def test_a_malformed_setting_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"LINSHENG_{variable}", value)
    with pytest.raises(Failure) as failure:
        read_settings()
    assert "\n" not in str(failure.value)
    assert "LINSHENG_" in str(failure.value) or "WECHAT_" in str(failure.value)


def test_secrets_are_not_shown() -> None:
    from bot.settings import Settings

    shown = repr(Settings(secret_key="very-secret", wechat_aes_key="a" * 43))
    assert "very-secret" not in shown
    assert "a" * 43 not in shown


def test_only_a_loopback_address_is_local() -> None:
    from bot.settings import Settings

    assert Settings().is_local
    assert Settings(public_url="http://localhost:8000").is_local
    assert not Settings(public_url="https://hm.example.org").is_local
    assert not Settings(bind="0.0.0.0:8000").is_local


def test_an_unreadable_env_file_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    (tmp_path / ".env").write_bytes(b"LINSHENG_BIND=\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match=r"\.env"):
        read_settings()


def test_a_misspelt_variable_in_the_env_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    (tmp_path / ".env").write_text("LINSHENG_SIPBIND=127.0.0.1:5060\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match="SIPBIND"):
        read_settings()
