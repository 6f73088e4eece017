"""Keep warm: marks on ended applications, and the list of their candidates."""
