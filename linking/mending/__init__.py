"""Mending: what a check found to have drifted becomes a plan, an ordinary run by the same door."""
