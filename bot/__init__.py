"""Wires channels, storage and people to the conversation."""
