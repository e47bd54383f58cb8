"""Who works with whom: product environments, members and roles, stores, and the doors to both services."""
