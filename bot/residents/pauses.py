"""How a resident pauses inside what they say, learned from their own calls.

Kept with their pace, as part of the resident: erased with them.
"""

import math
from collections.abc import Sequence

from bot.storage.tables import Resident
from flows.conversation import StepName

_KEPT = 24
"""Latest pauses of each step: habits change, and one odd call must not stay for ever."""
_ENOUGH = 6
"""Pauses from which there is a habit."""
_SHARE = 0.9
"""Quantile that counts as the longest of the usual ones: the odd interruption is no habit."""
_LONGEST = 4.0
"""Seconds; longer silences are somebody at the door."""


def remember_pauses(resident: Resident, step: StepName, pauses: Sequence[float]) -> None:
    """Pauses (seconds) inside one utterance at a step."""
    heard = [round(pause * 100) for pause in pauses if 0 < pause <= _LONGEST]
    if heard:
        kept = resident.pauses or {}
        latest = [*kept.get(step.value, ()), *heard][-_KEPT:]
        resident.pauses = {**kept, step.value: latest}


def usual_pause(resident: Resident, step: StepName) -> float | None:
    """Seconds that nine of ten of their pauses stay below: at this step, or at all of them while
    too little is known of it; None while too little is known at all."""
    kept = resident.pauses or {}
    here = kept.get(step.value, ())
    known = here if len(here) >= _ENOUGH else [one for some in kept.values() for one in some]
    if len(known) < _ENOUGH:
        return None
    return float(sorted(known)[math.ceil(len(known) * _SHARE) - 1]) / 100
