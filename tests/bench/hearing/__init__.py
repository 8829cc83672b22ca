"""`make bench-hearing`: how well residents are heard, by line and noise; and how well it knows."""
