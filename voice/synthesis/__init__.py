"""Speaking: engines behind one protocol, in processes of their own, everything said kept."""

from voice.synthesis.build import build

__all__ = ["build"]
