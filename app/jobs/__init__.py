"""Jobs, and what was said of when they will be decided."""
