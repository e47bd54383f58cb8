"""The image: built, started role by role, and used in a browser, without a daemon and without a registry."""
