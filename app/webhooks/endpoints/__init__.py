"""Webhook endpoints: addresses, secrets, health, deliveries and replay."""
