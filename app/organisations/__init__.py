"""Organisations: the agency's clients, their contact persons, their calendars and their wishes about contact."""
