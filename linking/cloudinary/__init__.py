"""What linking asks of Cloudinary: assets, renditions, captions."""
