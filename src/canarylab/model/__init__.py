"""What a rollout is, as pure data and pure functions: no clock, no cluster, no file."""
