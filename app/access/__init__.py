"""Authentication and authorisation: agencies (the tenants), recruiters, API keys and roles."""
