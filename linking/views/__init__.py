"""Views: guard, form, one verb, one answer."""
