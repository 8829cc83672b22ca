"""Column types: encrypted text and JSON, aware instants."""
