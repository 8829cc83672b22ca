"""How patient the telephone is: false cut-ins against the delay of the reply."""
