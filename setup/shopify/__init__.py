"""The door to a Shopify store: client, transport, pacing, errors, answers of any shape, and how a store is connected."""
