"""Bullhorn: an agency's CRM."""
