"""AI captions of an environment: whether Cloudinary's add-on answers, what is left of its quota, and what admins want."""
