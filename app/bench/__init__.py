"""Benchmarks: each runs what the service does beside its floor, the least that the same work costs, in the same run."""
