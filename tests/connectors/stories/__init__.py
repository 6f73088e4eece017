"""Stories with whole CRMs: an agency connects a stand-in over HTTP, and its recruiters see what follows."""
