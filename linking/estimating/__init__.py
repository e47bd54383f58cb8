"""What a run of a selection would do, counted before anybody presses the button: read-only, and never in a run's way."""
