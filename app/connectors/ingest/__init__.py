"""Keeping what a CRM told: canonical records through the same services as the API, in any order of arrival."""
