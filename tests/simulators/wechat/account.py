"""One Official Account: what its owner types into the platform and into our settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    appid: str = "wx5823bf96d3bd56c7"
    secret: str = "0123456789abcdef0123456789abcdef"
    token: str = "LinshengToken"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    """43 characters; empty: plain mode."""
    original_id: str = "gh_linsheng0001"

    def settings(self) -> dict[str, str]:
        """Names and values after `LINSHENG_WECHAT_`."""
        return {
            "APPID": self.appid,
            "SECRET": self.secret,
            "TOKEN": self.token,
            "AES_KEY": self.aes_key,
        }
