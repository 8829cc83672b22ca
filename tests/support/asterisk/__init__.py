"""A real Asterisk for the tests, from Debian's packages, in a folder."""
