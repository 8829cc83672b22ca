"""Sound in and out. Knows nothing of tickets, conversations or channels."""
