"""The console that recruiters meet at `/docs`, and the OpenAPI document it is made of."""
