"""Options and fixtures of the whole suite; keep it tiny."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write the golden dialogues anew from what the conversation says today",
    )
