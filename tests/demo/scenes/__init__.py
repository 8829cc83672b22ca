"""One scene a file: somebody uses the service, and what they met is checked."""
