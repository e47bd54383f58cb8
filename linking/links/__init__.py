"""The ledger of links: checking it against the stores, and counting by it."""
