"""The generic endpoint: any sender can post Keepwarm's own event shapes, signed by Standard Webhooks."""
