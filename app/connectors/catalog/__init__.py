"""The catalogue of connectors: which CRMs can be connected, how, and what each can do."""
