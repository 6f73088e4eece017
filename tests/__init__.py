"""The tests: each feature's own folder, on both databases."""
