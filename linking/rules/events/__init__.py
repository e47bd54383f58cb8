"""What follows from Cloudinary's events, and from looking for what they have missed: the ledger is kept, and rules fire."""
