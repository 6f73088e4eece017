"""Outgoing events: the outbox, delivery to webhook endpoints, and the live feed."""
