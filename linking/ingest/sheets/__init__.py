"""Spreadsheets: their rows become changes of metadata and alt texts, shown first, then written by a job, and undone."""
