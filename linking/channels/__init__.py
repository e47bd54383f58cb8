"""Channels that are no stores: what a selection becomes there, which assets cannot go, and its manifest."""
