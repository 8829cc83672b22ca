"""How well the voice is understood over a telephone: `make bench-voice`."""
