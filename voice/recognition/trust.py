"""How far an utterance's words can be trusted."""

import math
from functools import cache
from pathlib import Path

import yaml

from voice.recognition.protocol import Recognition

_MODEL = Path(__file__).with_suffix(".yaml")
_UNMEASURED = 20.0
_CLEAN = 30.0
_CLEAR, _LONG, _UNSURE = 20.0, 8, 0.75
"""dB, characters, and mean confidence: see `is_strange`."""


def features(heard: Recognition) -> dict[str, float]:
    """What the model looks at; the names and units are those of `trust.yaml`."""
    snr = _UNMEASURED if heard.snr is None else heard.snr
    return {
        "confidence": heard.confidence,
        "snr": max(0.0, min(snr, _CLEAN)) / 10,
        "length": math.log(max(1, len(heard.text))),
    }


def trust(heard: Recognition) -> float:
    """0…1: how likely what was said can be understood from it; 0 when there are no words."""
    if not heard.words:
        return 0.0
    intercept, weights = _model()
    worth = intercept + sum(weights[name] * value for name, value in features(heard).items())
    return 1 / (1 + math.exp(-max(-30.0, min(worth, 30.0))))


@cache
def _model() -> tuple[float, dict[str, float]]:
    read = yaml.safe_load(_MODEL.read_text(encoding="utf-8"))
    return float(read["intercept"]), {name: float(w) for name, w in read["weights"].items()}


def is_strange(heard: Recognition) -> bool:
    """Whether it may be dialect: many characters, a clear line, and the words still unsure.

    One such utterance in a row is chance. On recordings over A-law 24 of 24 in Shanghai Wu had a
    mean confidence below 0.75, and 13 % of those in Mandarin; length and noise were not looked at.
    """
    clear = heard.snr is not None and heard.snr >= _CLEAR
    return clear and len(heard.text) >= _LONG and heard.confidence < _UNSURE
