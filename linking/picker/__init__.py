"""Choose Assets: what is searched in the Media Library, what of it is linked already, and what is ticked."""
