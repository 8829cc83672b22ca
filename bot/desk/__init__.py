"""The desk: where volunteers and workers listen, correct, act and answer."""
