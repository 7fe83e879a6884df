"""The kind rung: clusters of containers, by the real kind program and a container engine."""
