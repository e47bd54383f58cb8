"""Cloudinary's events of an environment: the address where they come in, what signs them, and the trigger that sends them."""
