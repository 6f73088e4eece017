"""Connections: an agency's CRM, its secrets, and what its words mean."""
