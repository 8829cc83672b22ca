"""Everything that configures the service, beside the community profile.

Environment variables with the prefix `LINSHENG_`, or the same in a `.env` file.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    """Empty: no embedded SIP. With an Asterisk there is none, unless this is set, too: the two
    would want the same port."""
    sip_registrar: str = ""
    sip_user: str = ""
    sip_password: SecretStr = SecretStr("")
    sip_allow: str = "127.0.0.1"
    """Addresses calls may come from, comma separated; networks as 10.0.0.0/8."""
    asterisk_ari_url: str = ""
    """`http://pbx:8088`; its calls are then ours, and outgoing ones go through it."""
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
    """A model of the catalogue, or a folder: of Vosk's, or of sherpa-onnx's (docs/hearing.md)."""
    voice: Literal["auto", "kokoro", "espeak"] = "auto"
    """`auto`: Kokoro when its model is there, else espeak."""
    secret_key: SecretStr = SecretStr("")
    """Encrypts personal data and signs cookies; empty: made once and kept in `home`."""
    open311_keys: str = ""
    """API keys allowed to POST requests, comma separated, as `key:name`."""
    llm_url: str = ""
    """An OpenAI-compatible endpoint (`https://…/v1`) that writes a line for the desk and orders its
    category choices, from masked words; empty: none. It decides nothing."""
    llm_key: SecretStr = SecretStr("")
    llm_model: str = ""

    @property
    def base_url(self) -> str:
        """What every link starts with, without a slash at the end."""
        return (self.public_url or f"http://{self.bind}").rstrip("/")

    @property
    def embedded_sip(self) -> str:
        """Where embedded SIP listens; empty when it does not."""
        chosen = "sip_bind" in self.model_fields_set or not self.asterisk_ari_url
        return self.sip_bind if chosen else ""

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{self.home / 'linsheng.db'}"

    @property
    def models(self) -> Path:
        """Where `linsheng models fetch` puts the speech models."""
        return self.home / "models"

    @property
    def sounds(self) -> Path:
        """The cache of clauses that were spoken before."""
        return self.home / "sounds"

    @property
    def voices(self) -> Path:
        """Prompts that people recorded."""
        return self.home / "voices"

    @property
    def vosk_folder(self) -> Path:
        """The hearing model in use: a folder as it is, a name of the catalogue below `models`."""
        folder = Path(self.vosk_model).expanduser()
        return folder if folder.is_dir() else self.models / self.vosk_model

    @property
    def is_local(self) -> bool:
        """Whether residents could only reach this service from this very machine."""
        return urlsplit(self.base_url).hostname in _LOOPBACK

    @field_validator("bind", "sip_bind")
    @classmethod
    def _address(cls, value: str, info: object) -> str:
        if not value and getattr(info, "field_name", "") == "sip_bind":
            return value
        host, colon, port = value.rpartition(":")
        if not (host and colon and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"写成“地址:端口”，例如 127.0.0.1:8000，现在是 {value!r}")
        return value

    @field_validator("public_url", "wechat_api_base", "asterisk_ari_url", "llm_url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError(f"要以 http:// 或 https:// 开头，现在是 {value!r}")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _sqlalchemy(cls, value: str) -> str:
        try:
            if value and make_url(value).get_backend_name() not in ("sqlite", "postgresql"):
                raise ValueError("只支持 sqlite:/// 和 postgresql+psycopg://")
        except ArgumentError:
            raise ValueError("不是数据库地址，例如 postgresql+psycopg://用户@主机/库名") from None
        return value

    @field_validator("sip_allow")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in filter(None, (item.strip() for item in value.split(","))):
            try:
                ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"{part!r} 不是地址或网段，例如 10.0.0.0/8") from None
        return value

    @field_validator("human_extension")
    @classmethod
    def _sip_uri(cls, value: str) -> str:
        if value and not value.startswith(("sip:", "sips:")):
            raise ValueError(f"写成 sip:分机@地址，现在是 {value!r}")
        return value

    @field_validator("wechat_aes_key", "wechat_aes_key_previous")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and not (len(key) == 43 and key.isascii() and key.isalnum()):
            raise ValueError("微信的 EncodingAESKey 是 43 位字母和数字")
        return value

    @field_validator("open311_keys")
    @classmethod
    def _keys(cls, value: str) -> str:
        if any(part.strip() and ":" not in part for part in value.split(",")):
            raise ValueError("写成“密钥:名称”，用逗号隔开")
        return value

    @model_validator(mode="after")
    def _asterisk_complete(self) -> "Settings":
        known = self.asterisk_ari_user and self.asterisk_ari_password.get_secret_value()
        if self.asterisk_ari_url and not known:
            raise ValueError("填了 ASTERISK_ARI_URL，还要填 ASTERISK_ARI_USER 和 _PASSWORD")
        return self

    @model_validator(mode="after")
    def _model_named(self) -> "Settings":
        if self.llm_url and not self.llm_model:
            raise ValueError("填了 LLM_URL，还要填 LLM_MODEL")
        return self

    @model_validator(mode="after")
    def _wechat_complete(self) -> "Settings":
        parts = (
            self.wechat_appid,
            self.wechat_secret.get_secret_value(),
            self.wechat_token.get_secret_value(),
        )
        if any(parts) and not all(parts):
            raise ValueError("WECHAT_APPID、WECHAT_SECRET、WECHAT_TOKEN 要一起填，或都不填")
        return self
