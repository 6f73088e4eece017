"""Sync: polls of what the CRM sends no webhooks for, and backfills of older records."""
