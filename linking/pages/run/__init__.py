"""The page of a run: numbers, progress, verdict, problems, galleries and files."""
