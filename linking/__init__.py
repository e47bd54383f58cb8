"""From a selection of Cloudinary assets to linked Shopify products."""
