"""Keep-warm marks: ended applications whose candidates are worth contacting later, and the list of these."""
