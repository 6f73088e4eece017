"""Policies (settings of the rules) of agencies, organisations and jobs: overrides, inheritance and changes."""
