"""The conversation over a telephone line: hearing, speaking, and taking turns."""
