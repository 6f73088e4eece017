"""The console at `/docs`, and the OpenAPI document that it shows."""
