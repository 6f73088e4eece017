"""The live feed: an agency's events in one order that never skips and never repeats."""
