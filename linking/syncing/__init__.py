"""Applying a plan: look, compare, act, look again. Resuming after anything is the same code."""
