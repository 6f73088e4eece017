"""Connectors: receive, fetch and apply what CRMs hold, and write notes back into them."""
