"""`linsheng backup`: the whole system as one file, while it runs."""

from datetime import datetime
from pathlib import Path

import typer

from bot.backup.backup import KEY, backup
from bot.commands.settings import read_settings
from bot.failure import Failure
from bot.storage.full import is_full

app = typer.Typer()


@app.command()
def backup_command(
    file: Path = typer.Argument(None, help="写到哪个文件；不写就是 linsheng-日期-时间.tar"),
    with_key: bool = typer.Option(
        False, "--with-key", help="连密钥一起放进去：拿到这个文件的人就什么都读得出来"
    ),
) -> None:
    """把整个系统备份成一个文件：数据库、录音、录好的句子、社区资料。服务不用停。

    电话、姓名、原话和录音在备份里仍是加密的，要有密钥才读得出来；密钥默认不放进去，请另外保管。
    设置（环境变量、.env）和语音模型不在里面。
    """
    settings = read_settings()
    path = file or Path(f"linsheng-{datetime.now():%Y%m%d-%H%M%S}.tar")  # noqa: DTZ005
    if path.exists():
        raise Failure(f"{path} 已经有了：请换一个名字。")
    try:
        size = backup(settings, path.absolute(), with_key=with_key)
    except OSError as error:
        if is_full(error):
            raise Failure("磁盘满了，没有备份成，也没有留下半个文件：请清出空间。") from None
        raise Failure(f"{error.filename or path} 写不了（{error.strerror}）。") from None
    typer.echo(f"{path}：{size / 2**20:.1f} MB。")
    if with_key:
        typer.echo("密钥也在里面：请像保管密钥一样保管这个文件。")
    else:
        given = bool(settings.secret_key.get_secret_value())
        key = "LINSHENG_SECRET_KEY" if given else settings.home / KEY
        typer.echo(f"密钥不在里面：请另外保管 {key}；没有它，备份里的内容谁也读不出来。")
