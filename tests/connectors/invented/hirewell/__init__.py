"""Hirewell: an agency's CRM that does not exist."""
