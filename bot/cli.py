"""The `linsheng` command. One file in `bot/commands/` for each; imported only when it is called,
so that `--help` answers at once and one missing part does not stop the others."""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bot.failure import Failure

_COMMANDS = {
    "serve": ("bot.commands.serve", "启动整个服务：网页、电话、微信和后台工作。"),
    "doctor": ("bot.commands.doctor", "逐项检查：哪些已就绪，缺什么，怎么补。"),
    "models": ("bot.commands.models", "下载并校验语音模型（linsheng models fetch）。"),
    "voice": ("bot.commands.voice", "预先合成常用语句（linsheng voice prepare）。"),
    "hear": ("bot.commands.hear", "识别录音文件，输出文字。"),
    "say": ("bot.commands.say", "把一句话合成为声音文件。"),
    "understand": ("bot.commands.understand", "看机器怎样理解一句话。"),
    "talk": ("bot.commands.talk", "在终端里和邻声对话，一行一轮。"),
    "replay": ("bot.commands.replay", "按记录重放一次对话，报告差异。"),
    "staff": ("bot.commands.staff", "工作人员账号（linsheng staff add 姓名 --role …）。"),
    "export": ("bot.commands.export", "导出一位居民的全部资料。"),
    "erase": ("bot.commands.erase", "删除一位居民的资料。"),
    "backup": ("bot.commands.backup", "把整个系统备份成一个文件，不用停下服务。"),
    "restore": ("bot.commands.restore", "从备份恢复整个系统。"),
}
"""Name, module (with `app`, a Typer app) and the line `linsheng --help` shows."""


class _Lazy(TyperGroup):
    """Loads a command's module when the command is named."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        module, summary = _COMMANDS[cmd_name]
        if ctx.resilient_parsing or "--help" in sys.argv[1:2] or len(sys.argv) == 1:
            return TyperCommand(cmd_name, help=summary)
        command = typer.main.get_command(importlib.import_module(module).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Lazy,
    help="邻声：居民说一声，工单就立起来；办得怎样，居民听得到、看得见。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _root() -> None:
    """邻声：居民说一声，工单就立起来；办得怎样，居民听得到、看得见。"""


def main() -> None:
    """Run a command; a `Failure` ends it with its one line and exit code 1, never a traceback."""
    try:
        app()
    except Failure as failure:
        print(f"linsheng: {failure}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
