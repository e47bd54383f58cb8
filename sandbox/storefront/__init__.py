"""Product pages of the pretend stores."""
