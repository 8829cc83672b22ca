from datetime import datetime, timedelta, timezone

import pytest

from flows.community import Community
from locales.load import load_community
from locales.wording import Wording, load_wording

AT = datetime(2026, 11, 23, 20, 0, tzinfo=timezone(timedelta(hours=8)))
"""A Monday evening in China."""


@pytest.fixture(scope="session")
def community() -> Community:
    return load_community()


@pytest.fixture(scope="session")
def wording(community: Community) -> Wording:
    return load_wording(community.profile)
