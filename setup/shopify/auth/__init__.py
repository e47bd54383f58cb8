"""How a store is entered: installation, grants, tokens, and keeping them fresh."""
