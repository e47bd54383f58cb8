"""The pretend outside world, a process of its own: what the app meets over HTTP in tests, demo and benches."""
