"""The door to Cloudinary: client, delivery addresses, transformations, and preparing an environment."""
