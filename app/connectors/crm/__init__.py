"""One package per CRM: what it sends, what its API offers, and how both become canonical records."""
