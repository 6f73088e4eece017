"""Candidates: people looking for work, where they live, and when they are away."""
