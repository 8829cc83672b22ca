"""The community's profile and wording, read for a command or the service."""

from pathlib import Path

from bot.failure import Failure
from flows.community import Community
from locales.load import ProfileError, load_community
from locales.wording import Wording, load_wording


def read_community(path: Path | None) -> Community:
    """The profile in the file and what words mean; without a file, the packaged demo community.

    Raises `Failure`.
    """
    try:
        return load_community(path)
    except ProfileError as error:
        raise Failure(str(error)) from None


def read_wording(community: Community) -> Wording:
    """What is said to this community. Raises `Failure`."""
    try:
        return load_wording(community.profile)
    except ProfileError as error:
        raise Failure(str(error)) from None
