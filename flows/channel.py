from enum import StrEnum


class Channel(StrEnum):
    """How a resident speaks with us; decides what a reply may contain."""

    PHONE = "phone"
    """Heard only: short sentences, keys work, a confirmation is asked before filing."""
    WECHAT = "wechat"
    """Read, with links: what is sure is filed at once and can be corrected afterwards."""
    DESK = "desk"
    """A volunteer types for somebody who stands in front of them."""
