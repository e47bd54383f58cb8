"""Rehearsals of what an operator does with people at work: an update, and a backup brought back. script/rehearse plays them."""
