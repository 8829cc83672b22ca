"""What can be measured about a page: accessibility by axe-core, sizes, and a picture of it."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AAA = (*AA, "wcag2aaa", "wcag21aaa")


def violations(page: Page, tags: tuple[str, ...]) -> list[str]:
    """What axe-core objects to, a line each; AAA switches the 7:1 contrast on."""
    rules = {"color-contrast-enhanced": {"enabled": tags is AAA}, "target-size": {"enabled": True}}
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": list(tags)},
        "rules": rules,
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def small_targets(page: Page, least: int) -> list[str]:
    """Links and buttons one can see that are lower than `least` CSS pixels."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('a, button, summary, input, select, textarea')]
            .filter(e => !e.classList.contains('skip') && e.type !== 'hidden')
            .map(e => [e, e.getBoundingClientRect()])
            .filter(([e, box]) => box.height > 0 && box.height < least - 0.5)
            .map(([e, box]) => `${e.textContent.trim() || e.name} ${box.height}`)""",
        least,
    )
    return found


def small_text(page: Page, least: float) -> list[str]:
    """Text one can see in a font smaller than `least` CSS pixels."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => e.getClientRects().length
                && parseFloat(getComputedStyle(e).fontSize) < least)
            .map(e => `${e.textContent.trim()} ${getComputedStyle(e).fontSize}`)""",
        least,
    )
    return found


def overflow(page: Page) -> int:
    """CSS pixels by which the page is wider than the screen."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def picture(page: Page, name: str) -> None:
    """Keep a screenshot where `LINSHENG_PICTURES` says, for a person to look at."""
    folder = os.environ.get("LINSHENG_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
