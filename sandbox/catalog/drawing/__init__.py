"""Pictures, drawn."""
