"""Stand-ins for the CRMs: small servers on loopback, one a file."""
