"""The whole system as one file, and back: databases, recordings, voices, profile."""
