"""What a caller hears while a person is rung for them: the ringing tone they know."""

import math
from array import array

from bot.channels.line import RATE

_HERTZ, _ON, _OFF = 450, 1.0, 4.0
"""China's ringing tone: 450 Hz, one second of five (ITU-T E.180, supplement 2)."""
_LOUD = 2000
"""Peak, about -24 dBFS: softer than speech."""


def ringback() -> bytes:
    """One period, as PCM for the line."""
    tone = (int(_LOUD * math.sin(2 * math.pi * _HERTZ * n / RATE)) for n in range(int(_ON * RATE)))
    return array("h", tone).tobytes() + bytes(int(_OFF * RATE) * 2)
