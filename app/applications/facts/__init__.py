"""Facts of applications: interviews, interactions, commitments, stage transitions, checks and milestones."""
