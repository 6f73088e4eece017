"""Jobs and their hiring timelines: statements about when a job will be decided."""
