"""Policies of agencies, organisations and jobs: what is set, what is inherited, and from where."""
