"""Authentication and authorisation: callers, roles and keys; and the agency itself."""
