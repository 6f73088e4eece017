"""Thank-you checks: what a candidate should correct in a draft note after an interview.

Drafts are never stored or logged.
"""
