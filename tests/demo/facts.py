"""What the demo tells, and the facts it checks."""

from dataclasses import dataclass, field

from rich.console import Console

_WHO = {"caller": "居民", "bot": "邻声", "wechat": "微信居民", "worker": "工作人员"}


@dataclass
class Facts:
    """Narrates to the terminal and remembers what did not hold.

    A fact that fails does not stop the demo: the whole list is worth more than the first line.
    """

    console: Console = field(default_factory=lambda: Console(highlight=False))
    failed: list[str] = field(default_factory=list)
    held: int = 0

    def scene(self, title: str) -> None:
        self.console.print(f"\n[bold cyan]── {title}[/]")

    def says(self, who: str, text: str) -> None:
        self.console.print(f"   [bold]{_WHO[who]}[/]：{text}", markup=True)

    def note(self, text: str) -> None:
        self.console.print(f"   [dim]{text}[/]")

    def check(self, holds: object, fact: str, detail: str = "") -> bool:
        """Record one fact; `detail` is shown when it does not hold."""
        if holds:
            self.held += 1
            self.console.print(f"   [green]✓[/] {fact}")
            return True
        self.failed.append(fact)
        self.console.print(f"   [bold red]✗ {fact}[/] {detail}")
        return False
