"""Organisations (the agency's clients) and their people, calendars and contact styles."""
