"""Tables as CSV files: an agency brings its records in, and takes them out again."""
