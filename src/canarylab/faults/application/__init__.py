"""Faults of the application: they ask a running revision to misbehave, by paths that it has for this."""
