"""The inbox: verify, store and answer what CRMs send, and apply it afterwards."""
