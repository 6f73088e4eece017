"""The live feed: an agency's events in one order, without gaps and without repeats."""
