"""Events out: what Keepwarm found, written beside the facts it found it in."""
