"""The door to Cloudinary: client, delivery addresses, and transformations."""
