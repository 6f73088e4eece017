"""CRMs: what they tell comes in, verified and once; what Keepwarm found is written back where recruiters look."""
