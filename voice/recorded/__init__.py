"""Prompts spoken by people: recorded, kept in packs, used clause by clause before synthesis."""
