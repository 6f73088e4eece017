"""Tests of the document by the tools of others: linters, and generators of clients."""
