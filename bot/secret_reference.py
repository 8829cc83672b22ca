"""A secret the profile names without holding it: an environment variable, or a file."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from bot.failure import Failure

_FORM = "密钥不能直接写在这里；写成 {env: 环境变量名} 或 {file: 文件}，两样写一样"


class SecretReference(BaseModel):
    """`{env: CITY_SECRET}` or `{file: /run/secrets/city}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = ""
    file: str = ""

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, value: object) -> object:
        if not isinstance(value, dict):
            raise ValueError(_FORM)
        return value

    @model_validator(mode="after")
    def _one(self) -> "SecretReference":
        if bool(self.env) == bool(self.file):
            raise ValueError(_FORM)
        return self

    def read(self, whose: str) -> str:
        """The secret, without a line end. Raises `Failure` when there is none.

        whose: what it is for, in the message (`outlets 的 city`).
        """
        if self.env:
            value = os.environ.get(self.env, "").strip()
            if not value:
                raise Failure(f"{whose} 的密钥没有：请设环境变量 {self.env}。")
            return value
        try:
            value = Path(self.file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Failure(f"{whose} 的密钥文件 {self.file} 读不了：请检查路径和权限。") from None
        if not value:
            raise Failure(f"{whose} 的密钥文件 {self.file} 是空的。")
        return value
