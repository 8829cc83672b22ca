class Failure(Exception):
    """Something essential is missing or wrong; the message is one clear line with what to do."""
