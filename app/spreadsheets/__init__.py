"""Import and export of tables as CSV files and workbooks."""
