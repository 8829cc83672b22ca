class Failure(Exception):
    """Something essential is missing or wrong; the message is one clear line that says what to do."""
