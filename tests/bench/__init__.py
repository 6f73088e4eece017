"""Benchmarks (`make bench`), each beside its baseline, and tests that they run. A time never fails a test."""
