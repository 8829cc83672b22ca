"""A worker signs in at the desk and sets a ticket to resolved, form by form."""

import re
from html.parser import HTMLParser

import httpx

from tests.demo.facts import Facts
from tests.support.service import ServiceProcess

NAME, PASSWORD = "老王", "demo-password-2026"


class _Forms(HTMLParser):
    """Every form of a page as its action and its fields, the hidden ones filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag in ("input", "button") and self.forms and given.get("name"):
            self.forms[-1][1].setdefault(given["name"], given.get("value", ""))


class Desk:
    """A browser without a screen: keeps the cookie, fills in and sends forms."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, follow_redirects=True, timeout=20)
        self.page = ""

    def open(self, path: str) -> None:
        self.page = self._client.get(path).raise_for_status().text

    def send(self, action: str, **fields: str) -> httpx.Response:
        """Send the form of the open page whose action ends so, with its hidden fields."""
        parser = _Forms()
        parser.feed(self.page)
        target, hidden = next(form for form in parser.forms if form[0].endswith(action))
        answer = self._client.post(target, data={**hidden, **fields})
        self.page = answer.text
        return answer


def make_worker(service: ServiceProcess) -> str:
    """An account by the command line; returns its one-time password."""
    printed = service.command("staff", "add", NAME, "--role", "worker")
    return next(line.partition("：")[2] for line in printed.splitlines() if "密码：" in line)


def resolve(service: ServiceProcess, number: str, facts: Facts) -> None:
    facts.scene("工作人员在 /desk 把这张工单设为“已处理”")
    once = make_worker(service)
    desk = Desk(service.url)
    desk.open("/desk/sign-in")
    desk.send("/sign-in", name=NAME, password=once)
    desk.open("/desk/password")
    desk.send("/password", now=once, new=PASSWORD, again=PASSWORD)
    desk.open("/desk")
    facts.check(number in re.sub(r"\s|<[^>]+>", "", desk.page), "服务台的列表里有这张工单")
    for state in ("assigned", "in_progress", "resolved"):
        desk.open(f"/desk/tickets/{number}")
        note = "灯泡换好了，您看看亮不亮。" if state == "resolved" else ""
        answer = desk.send("/state", state=state, note=note)
        facts.check(answer.status_code == 200, f"状态改为 {state}", f"（{answer.status_code}）")
