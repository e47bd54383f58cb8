"""Alt texts: what a person decides on, what Cloudinary's AI proposes, and what is saved to the assets."""
