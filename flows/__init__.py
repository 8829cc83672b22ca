"""The conversation and the understanding. Pure: no clock, no I/O, no randomness."""
