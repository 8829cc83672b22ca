"""How many calls at once the service sustains: `python -m tests.bench.calls`."""
