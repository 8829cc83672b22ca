"""The person `linsheng export` and `linsheng erase` are about."""

import typer

from bot.failure import Failure
from bot.residents.person import Person

WHO = typer.Argument(help="电话号码，或微信的 openid")
_CHANNELS = {"phone": "电话", "wechat": "微信", "desk": "服务台"}


def summary(person: Person) -> str:
    ways = "、".join(_CHANNELS[resident.channel] for resident in person.residents) or "没有留过话"
    return (
        f"{ways}；对话 {len(person.conversations)} 次，工单 {len(person.tickets)} 件，"
        f"录音和图片 {len(person.recordings)} 份"
    )


def nobody(who: str) -> Failure:
    return Failure(f"没有 {who.strip()} 的资料：请核对电话号码，或微信的 openid。")
