"""The plumbing that carries every feature: it knows nothing of recruitment."""
