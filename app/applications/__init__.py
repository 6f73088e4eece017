"""The heart: one candidate on one job after the interview; what was said, what it means, what to do."""
