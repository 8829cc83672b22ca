"""The optional language model. It writes a line for the desk and orders what the desk is offered;
it decides nothing, and nothing waits for it."""
