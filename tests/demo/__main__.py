"""`make demo`: start everything on this machine and let a report happen for real.

Keeps running until Ctrl-C. With `DEMO_ONCE=1`: ends after the checks, with exit code 0 only if
every fact held and no process was left behind.
"""

import asyncio
import os
import re
import shutil
import sys
import time
from pathlib import Path

import httpx

from tests.demo.facts import Facts
from tests.demo.open311 import request
from tests.demo.scenes import call, desk, outlets, wechat
from tests.simulators.wechat import WeChatSimulator
from tests.support.digits import DigitEar
from tests.support.service import ROOT, SHARED, ServiceProcess
from voice.recognition.vosk import VoskRecogniser


def main() -> int:
    facts = Facts()
    once = bool(os.environ.get("DEMO_ONCE"))
    home = SHARED / "demo"
    shutil.rmtree(home, ignore_errors=True)
    with WeChatSimulator() as simulator, outlets.platforms(home) as platforms:
        wechat_settings = {f"WECHAT_{k}": v for k, v in simulator.account.settings().items()}
        service = ServiceProcess(
            home,
            web=8000,
            port=5060,
            WECHAT_API_BASE=simulator.api_base,
            COMMUNITY=str(platforms.profile),
            **wechat_settings,
        )
        try:
            facts.scene("启动邻声：SQLite、内置电话、网页、微信模拟器、两个别的平台")
            with service:
                facts.check(True, "服务就绪")
                _happen(service, simulator, platforms, facts)
                _summary(service, facts)
                if not once and not facts.failed:
                    service.wait()
        except KeyboardInterrupt:
            facts.note("停下。")
        except AssertionError as error:
            facts.check(False, "服务就绪", str(error))
            return 1
        facts.check(_all_gone(service), "没有留下进程", str(service.left_behind()))
    return 1 if facts.failed else 0


def _happen(
    service: ServiceProcess,
    simulator: WeChatSimulator,
    platforms: outlets.Platforms,
    facts: Facts,
) -> None:
    model = SHARED / "models" / "vosk-model-small-cn-0.22"
    ears = VoskRecogniser(model, streams=1), DigitEar(model)
    number = asyncio.run(call.report(service.url, service.sip, ears, facts))
    facts.check(simulator.check_url(), "微信服务器验证了回调地址")
    wechat.text_report(service.url, simulator, facts)
    wechat.voice_report(service.url, simulator, facts)
    if not number:
        return
    outlets.arrived(platforms, number, facts)
    desk.resolve(service, number, facts)
    outlets.receipt(service.url, number, facts)
    asyncio.run(call.ask_status(service.sip, ears, facts))
    found = request(service.url, number)
    facts.check(found and found["status"] == "closed", "Open311 里它已处理", f"（{found}）")
    _page_shows(service, number, facts)


def _page_shows(service: ServiceProcess, number: str, facts: Facts) -> None:
    """The lamp's page is reached as a worker does it: from the ticket at the desk."""
    browser = desk.Desk(service.url)
    browser.open("/desk/sign-in")
    browser.send("/sign-in", name=desk.NAME, password=desk.PASSWORD)
    browser.open(f"/desk/tickets/{number}")
    link = re.search(r'href="(/t/[\w-]+)"', browser.page)
    page = httpx.get(service.url + link[1], timeout=10).text if link else ""
    facts.check("灯泡换好了" in page, "大字网页上写着办好了和工作人员的话")


def _all_gone(service: ServiceProcess, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while service.left_behind() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not service.left_behind()


def _summary(service: ServiceProcess, facts: Facts) -> None:
    show = facts.console.print
    if facts.failed:
        show(f"\n[bold red]{len(facts.failed)} 项没有成立[/]，{facts.held} 项成立。")
        show(f"   服务的日志：{_short(service.log)}")
        return
    show(f"\n[bold green]全部成立：{facts.held} 项。[/]")
    show(f"   服务台      {service.url}/desk   （{desk.NAME}，密码 {desk.PASSWORD}）")
    show(f"   公开看板    {service.url}/board")
    show(f"   聊天和话筒  {service.url}/try")
    show(f"   软电话拨打  {service.sip}")
    show(f"   接口文档    {service.url}/docs")
    show(f"   日志        {_short(service.log)}")
    if not os.environ.get("DEMO_ONCE"):
        show("   按 Ctrl-C 停下。")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
