"""Sending: what is due is claimed, sent outside any transaction, and settled; nobody slows anybody else."""
