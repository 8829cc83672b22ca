from dataclasses import replace

from voice.recognition.noise_meter import NoiseMeter
from voice.recognition.protocol import Recognition, Word
from voice.recognition.trust import is_strange, trust


def judge(words: list[Word], seconds: float, meter: NoiseMeter) -> Recognition:
    """What these words, heard in so many seconds of sound, are worth."""
    confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
    heard = Recognition(
        text="".join(word.text for word in words),
        confidence=min(1.0, confidence),
        words=tuple(words),
        seconds=seconds,
        snr=meter.snr(),
    )
    return replace(heard, trust=trust(heard), strange=is_strange(heard))
