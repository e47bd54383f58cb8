"""The Console: a Media Library that launches the app."""
