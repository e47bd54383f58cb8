"""Automation: rules that make ordinary runs by themselves, when they fire, and what they may do without a person."""
