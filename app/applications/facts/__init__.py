"""Facts of applications: interviews, interactions, commitments, transitions, checks and milestones."""
