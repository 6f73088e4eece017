"""The policy of an agency, an organisation or a job: what was set, what holds, and where each number comes from."""
