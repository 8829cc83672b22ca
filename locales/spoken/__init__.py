"""Data to words a voice can say: the one place for figures, dates, units and Latin letters.

A table of our own, not WeTextProcessing: that reads rooms and house numbers as quantities, knows
no 幺, and its library deadlocks with the recogniser's when it is loaded first.
"""

from locales.spoken.spoken import Spoken

__all__ = ["Spoken"]
