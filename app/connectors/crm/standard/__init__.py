"""The generic endpoint: Keepwarm's own event shapes under Standard Webhooks."""
