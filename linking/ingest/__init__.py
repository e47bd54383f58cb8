"""Bringing assets in: what becomes of files before they are sent, and signatures with which browsers send them to Cloudinary."""
