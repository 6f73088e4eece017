"""Erasing a candidate (GDPR, Article 17): nothing stays that tells of the person; what happened stays as numbers."""
