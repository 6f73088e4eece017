"""Ashby: an employer's ATS."""
