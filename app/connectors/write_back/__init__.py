"""Writing back: what Keepwarm found becomes a note or a task where recruiters already look, once each."""
