"""What follows from what stores report of their products, and from looking for what they have missed: rules fire."""
