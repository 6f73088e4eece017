"""Who is calling, for which agency, and what they may do; and the agency itself."""
