"""Connectors: each CRM by itself, then the way from the hook to the records."""
