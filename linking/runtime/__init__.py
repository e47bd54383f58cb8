"""What code knows of its process: who it is, whether it shall end, its heartbeat, counters of all, and what it read last."""
