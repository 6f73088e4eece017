"""The inbox: what CRMs send is verified and kept once, answered at once, and applied afterwards."""
