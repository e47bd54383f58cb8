"""What a person selected, and how they arranged it."""
