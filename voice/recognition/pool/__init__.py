"""Hearing in processes of its own: nothing a recogniser does can take the service down with it."""
