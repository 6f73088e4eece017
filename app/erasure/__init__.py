"""Erasing a candidate (GDPR, Article 17): no personal data stays; facts stay as numbers and dates."""
