"""The business rules: pure functions from the facts of an application to flags and actions.

The rules have no I/O and do not read the clock. Input and output are frozen values.
"""
