"""`linsheng restore`: the whole system from one file."""

from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import func, select

from bot.backup.restore import restore
from bot.commands.settings import read_settings
from bot.failure import Failure
from bot.storage.full import is_full
from bot.storage.open import open_database
from bot.storage.tables import Recording, Ticket

app = typer.Typer()


@app.command()
def restore_command(
    file: Path = typer.Argument(help="linsheng backup 写的文件"),
    key: Path = typer.Option(None, "--key", help="另外保管的 secret.key"),
    force: bool = typer.Option(False, "--force", help="已经有数据也恢复，换掉它"),
    files_only: bool = typer.Option(
        False, "--files-only", help="只恢复这台机器的录音，不动数据库（几台机器共用数据库时）"
    ),
) -> None:
    """从备份恢复整个系统。先停下邻声。文件不完整、密钥不对，就什么都不动。"""
    settings = read_settings()
    try:
        done = restore(settings, file, key=key, force=force, files_only=files_only)
    except OSError as error:
        if is_full(error):
            raise Failure("磁盘满了，没有恢复：请清出空间。") from None
        raise Failure(f"{error.filename or file}：{error.strerror}。") from None
    database = open_database(settings)
    try:
        with database.read() as session:
            tickets = session.scalar(select(func.count()).select_from(Ticket))
            recordings = session.scalar(select(func.count()).select_from(Recording))
    finally:
        database.close()
    made = done.made.astimezone(ZoneInfo("Asia/Shanghai"))
    typer.echo(f"恢复到 {made:%Y-%m-%d %H:%M}：工单 {tickets} 件，录音和图片 {recordings} 份。")
    if done.profile:
        typer.echo(f"社区资料在 {done.profile}：请把 LINSHENG_COMMUNITY 指到里面的文件。")
    if done.aside:
        typer.echo(f"原来的数据移到了 {done.aside}：确认无误后请删掉。")
    typer.echo("现在可以启动：linsheng serve。到期没做的跟进，会在几分钟内补上。")
