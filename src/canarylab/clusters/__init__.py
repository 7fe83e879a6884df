"""Clusters: one interface (``cluster.py``), and a rung per module or package beside it."""
