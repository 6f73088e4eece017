"""Generated requests to every operation, and every check of schemathesis on every answer."""
