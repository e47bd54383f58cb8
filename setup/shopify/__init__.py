"""The door to a Shopify store: client, transport, pacing, errors, and how a store is connected."""
