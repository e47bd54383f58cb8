"""Shopify's Admin API by the official schema, with its limits, costs, jobs and faults; its CDN and sign-in."""
