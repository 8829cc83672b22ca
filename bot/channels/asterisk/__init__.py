"""Calls through an Asterisk: ARI says what happens to them, a WebSocket carries their sound."""
