"""Tests of the benchmarks: that they run and show their ratio. A time never fails a test."""
