"""A run's report as a file: rows and summary from the database, written as CSV, XLSX or JSON Lines by a job."""
