from typing import Any

from voice.recognition.protocol import Recognition


def recognised(heard: Recognition) -> dict[str, Any]:
    """What an `Inbound` carries of a recognition, by the names of its fields."""
    return {
        "text": heard.text,
        "alternatives": heard.alternatives,
        "confidence": heard.trust if heard.text else 0.0,
        "snr": heard.snr,
        "strange": heard.strange,
    }
