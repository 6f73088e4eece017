"""JobAdder: an agency's CRM."""
