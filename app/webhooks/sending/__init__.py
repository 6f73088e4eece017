"""Sending: claim due deliveries, send them outside any transaction, and record the results."""
