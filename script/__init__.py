"""The commands of the clone, as programs: `python -m script.<name>` in its virtual environment."""
