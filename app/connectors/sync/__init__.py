"""Walking through what a CRM has: polling what it does not tell by itself, and backfilling what was before."""
