"""The profile's `limits:`: how much of the telephone one caller, or all together, may take.

What lies beyond a limit is told to the caller in a sentence, and what they say is kept.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.failure import Failure
from flows.profile import Profile
from locales.load import DEMO
from locales.where import explain, line_of


class CallLimits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int = Field(20, ge=1, le=500)
    """Conversations at once; who calls then leaves a message."""
    messages: int = Field(20, ge=0, le=500)
    """Messages left at once; who calls then is asked to call again."""
    call_minutes: int = Field(30, ge=1, le=240)
    """Then a person goes on, or calls back."""
    message_minutes: int = Field(3, ge=1, le=30)
    recording_mb: int = Field(40, ge=1, le=1000)
    """Of one call; a minute takes 1 MB. Then as after `call_minutes`."""
    calls_per_number: int = Field(20, ge=1, le=1000)
    """Within an hour; the next ones leave a message, and after twice as many none."""


def read_limits(profile: Profile, source: Path | None = None) -> CallLimits:
    """Checked. source: the profile's file, to name lines of. Raises `Failure`."""
    file = source or DEMO
    try:
        return CallLimits.model_validate(profile.limits)
    except ValidationError as error:
        problem = error.errors()[0]
        line = line_of(file, ("limits", *problem["loc"]))
        field = ".".join(str(part) for part in problem["loc"])
        raise Failure(
            f"{file}: 第 {line} 行 limits 的“{field}”有误：{explain(problem)}。"
        ) from None
