"""Preparing an environment: parts of the product workflow in Cloudinary, each looked at, compared, and made by one door."""
