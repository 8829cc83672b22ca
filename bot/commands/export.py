"""`linsheng export`: all that one resident gave, for them to take away."""

from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.commands.person import WHO, nobody, summary
from bot.commands.settings import read_settings
from bot.community import read_community
from bot.failure import Failure
from bot.residents.export import export, parcel
from bot.residents.person import find_person
from bot.storage.full import StorageFull
from bot.storage.open import open_database
from bot.storage.recordings import Recordings

app = typer.Typer()


@app.command()
def export_command(
    who: str = WHO,
    output: Path = typer.Option(
        ..., "-o", "--output", help="写到哪里：新的 .zip 文件，或新的文件夹"
    ),
) -> None:
    """把一位居民的资料全部导出：对话、工单、解密的录音和图片。

    导出的文件没有加密：请当面或用安全的办法交给本人，用完删掉。
    """
    settings = read_settings()
    zone = ZoneInfo(read_community(settings.community).profile.timezone)
    database = open_database(settings)
    recordings = Recordings(settings.home, database, database.box)
    try:
        with database.read() as session:
            person = find_person(session, database.box, who)
            if person is None:
                raise nobody(who)
            with parcel(output) as write:
                missing = export(session, person, recordings, zone, write)
    except FileExistsError:
        raise Failure(f"{output} 已经有了：请换一个名字，免得盖掉别的东西。") from None
    except OSError as error:
        full = isinstance(error, StorageFull)
        raise Failure(f"{error.strerror}。" if full else f"{output}：{error.strerror}。") from None
    finally:
        database.close()
    typer.echo(f"{output}：{summary(person)}。")
    if missing:
        typer.echo(f"其中 {len(missing)} 段录音不在这台机器上：请到接电话的那台机器上也导出一次。")
