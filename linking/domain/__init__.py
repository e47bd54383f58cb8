"""Rules, pure: the standard library and libraries for text and schedules, no clock, no database, no network."""
