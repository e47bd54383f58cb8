"""Looks at everything that AssetLink needs, each made for real: for `manage.py doctor`, and in part for /readyz and Status."""
