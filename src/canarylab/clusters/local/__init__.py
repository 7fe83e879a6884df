"""The local rung: a cluster of plain processes in Linux namespaces."""
