"""Recruit CRM: an agency's CRM."""
