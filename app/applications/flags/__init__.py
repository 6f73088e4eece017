"""Flags: how recruiters handle them, and the measured precision of each rule."""
