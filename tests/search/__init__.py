"""Finding records by name."""
