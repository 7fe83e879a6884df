"""Observing a rollout: watches and a log, turned into one timeline; a client that does what users do."""
