"""Other people's systems, played honestly enough that ours cannot tell."""
