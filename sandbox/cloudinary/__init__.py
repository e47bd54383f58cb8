"""Cloudinary's Admin and Upload APIs, its delivery, and its AI."""
