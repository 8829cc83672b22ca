"""Benchmarks: figures, not verdicts. What must hold stands as a floor in the tests."""
