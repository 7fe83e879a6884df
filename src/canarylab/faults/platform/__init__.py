"""Faults of the platform: pods, control planes and metrics, of which many are shared by all that run on a cluster."""
