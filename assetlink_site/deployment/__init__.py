"""What `manage.py check --deploy` finds: settings that work, and are not fit for an installation that people use."""
