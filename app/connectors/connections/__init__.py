"""Connections: an agency's CRM, its secrets and its maps."""
