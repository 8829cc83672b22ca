"""The demo: the whole service, and people who really use it, checked from the outside."""
