"""Rendered by SKU: delivery endpoints that answer the media of a product, and what widgets and themes are given of them."""
