"""What a job knows of its process: who it is, whether it shall end, its heartbeat, and counters of all processes."""
