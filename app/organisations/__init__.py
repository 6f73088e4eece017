"""The agency's clients, their people, their calendars, and how they like to be contacted."""
