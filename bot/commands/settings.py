"""The settings as a command reads them: a malformed one is one line, not a traceback."""

from pydantic import ValidationError

from bot.failure import Failure
from bot.settings import Settings


def read_settings() -> Settings:
    """Raises `Failure` naming the variable and what is wrong with it."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"LINSHENG_{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise Failure("设置有误，请检查环境变量或 .env 文件：" + "；".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f".env 文件读不了（{error}），请检查它是不是 UTF-8 文本。") from None
