"""What a recruiter looks at first: today's actions, and where everybody stands."""
