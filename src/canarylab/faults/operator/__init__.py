"""Faults of operators: what people and their tools do to objects in the middle of a rollout."""
