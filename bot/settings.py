"""Everything that configures the service: these variables (prefix `LINSHENG_`, or a `.env` file) and the profile."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="LINSHENG_", env_file=".env", extra="forbid", frozen=True
    )

    home: Path = Path(".linsheng")
    """Data folder: database, recordings, models, sound cache, keys. Created with mode 0700."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in `home`. `postgresql+psycopg://…` for several machines."""
    community: Path | None = None
    """The profile file; empty: the packaged, invented demo community."""
    bind: str = "127.0.0.1:8000"
    public_url: str = ""
    """What residents' links start with; empty: `http://` + bind."""
    sip_bind: str = "127.0.0.1:5060"
    """Empty: no embedded SIP."""
    sip_registrar: str = ""
    sip_user: str = ""
    sip_password: SecretStr = SecretStr("")
    sip_allow: str = "127.0.0.1"
    """Addresses calls may come from, comma separated; networks as 10.0.0.0/8."""
    asterisk_ari_url: str = ""
    asterisk_ari_user: str = ""
    asterisk_ari_password: SecretStr = SecretStr("")
    human_extension: str = ""
    """SIP URI a call is handed to; empty: a call-back is promised and filed."""
    wechat_appid: str = ""
    wechat_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_aes_key_previous: SecretStr = SecretStr("")
    wechat_api_base: str = "https://api.weixin.qq.com"
    vosk_model: str = "vosk-model-small-cn-0.22"
    """A model of the catalogue, or a folder."""
    voice: str = "auto"
    """`auto` (Kokoro when its model is there, else espeak), `kokoro`, `espeak`."""
    secret_key: SecretStr = SecretStr("")
    """Encrypts personal data and signs cookies; empty: made once and kept in `home`."""
    open311_keys: str = Field("")
    """API keys allowed to POST requests, comma separated, as `key:name`."""
