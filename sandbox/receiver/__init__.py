"""A receiver of webhooks: its page shows every event that it was sent, and it answers as its address says."""
