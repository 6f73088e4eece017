"""Applications: one candidate on one job.

Facts, assessment, flags, actions, worklist, and the worker that reassesses due applications.
"""
