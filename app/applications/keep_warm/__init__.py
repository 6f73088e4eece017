"""Candidates to stay in touch with after an application has ended: the marks, and the list of them."""
