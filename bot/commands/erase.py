"""`linsheng erase`: forgets one resident."""

from datetime import UTC, datetime

import typer

from bot.commands.person import WHO, nobody, summary
from bot.commands.settings import read_settings
from bot.community import read_community
from bot.dialogue.conversations import is_live
from bot.failure import Failure
from bot.residents.erase import Erased, erase
from bot.residents.person import find_person
from bot.storage.open import open_database
from bot.storage.recordings import Recordings

app = typer.Typer()


@app.command()
def erase_command(
    who: str = WHO,
    yes: bool = typer.Option(False, "--yes", help="不再问，直接删除"),
) -> None:
    """把一位居民的资料删除：对话、录音、称呼、电话、原话。

    已经成立的工单留下单号、类别、到单元为止的地点和办理经过，不再看得出是谁。删了找不回来。
    """
    settings = read_settings()
    community = read_community(settings.community)
    database = open_database(settings)
    recordings = Recordings(settings.home, database, database.box)
    try:
        recordings.sweep()  # what was erased on another machine
        with database.read() as session:
            person = find_person(session, database.box, who)
        if person is None:
            raise nobody(who)
        typer.echo(f"要删除的：{summary(person)}。")
        if not yes and not typer.confirm("删了找不回来，确定吗？"):
            raise Failure("没有删除。")
        now = datetime.now(UTC)
        with database.begin() as session:
            person = find_person(session, database.box, who)
            if person is None:
                raise nobody(who)
            if any(is_live(row, now) for row in person.conversations):
                raise Failure("这位居民正在通话：请等电话挂断三分钟后再删。")
            gone = erase(session, database.box, person, community.gazetteer, now)
        elsewhere = recordings.sweep()
        database.scrub()
    finally:
        database.close()
    _report(gone, elsewhere)


def _report(gone: Erased, elsewhere: int) -> None:
    typer.echo(
        f"删除了：对话 {gone.conversations} 次，录音和图片 {gone.recordings} 份，"
        f"没有成立的草稿 {gone.drafts} 件。"
    )
    typer.echo(f"留下了：{gone.tickets} 件工单，只有单号、类别、到单元的地点和办理经过。")
    if gone.named:
        typer.echo(f"另有 {gone.named} 件别人的工单里写着这个号码，也擦掉了。")
    if gone.under_way:
        typer.echo(f"还没办完的：{'、'.join(gone.under_way)}；现在没有原话，也联系不上居民了。")
    if gone.outlets:
        typer.echo(f"工单转给过 {'、'.join(gone.outlets)}：请通知他们也删除。")
    if elsewhere:
        typer.echo(
            f"{elsewhere} 份录音在别的机器上：那台机器上的邻声下次启动时删除，"
            "也可以在那里再运行一次这条命令。"
        )
    typer.echo("以前的备份里还有：请按备份的保存期限处理。")
