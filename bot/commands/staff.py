"""`linsheng staff add`: makes an account for somebody at the desk."""

from enum import StrEnum

import typer

from bot.commands.settings import read_settings
from bot.community import read_community
from bot.failure import Failure
from bot.residents.staff import StaffError, add_staff
from bot.storage.open import open_database

app = typer.Typer(help="工作人员账号。", no_args_is_help=True)


class Role(StrEnum):
    VOLUNTEER = "volunteer"
    WORKER = "worker"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@app.callback()
def _staff() -> None:
    """工作人员账号。"""


@app.command()
def add(
    name: str = typer.Argument(help="姓名，登录时用，例如 王师傅"),
    role: Role = typer.Option(
        ..., help="volunteer 志愿者、worker 办事人员、supervisor 主管、admin 管理员"
    ),
    organisation: str = typer.Option(
        "",
        help="单位代码（资料里 organisations 的 id，例如 wy）；不写就是社区的人，看得到所有单子",
    ),
) -> None:
    """新建账号，显示一次性密码。第一次登录时要改成自己的密码。"""
    settings = read_settings()
    if organisation:
        known = [o.id for o in read_community(settings.community).profile.organisations]
        if organisation not in known:
            raise Failure(
                f"资料里没有单位 {organisation}；可用的有 {'、'.join(known) or '（无）'}。"
            )
    database = open_database(settings)
    try:
        password = add_staff(database, name, role.value, organisation)
    except StaffError as error:
        raise Failure(str(error)) from None
    finally:
        database.close()
    typer.echo(f"账号：{name.strip()}（{role.value}）")
    typer.echo(f"一次性密码：{password}")
    typer.echo(f"请到 {settings.base_url}/desk 登录并改密码。这个密码不会再显示。")
