"""A cluster that somebody else made: nothing of it is assumed, and nothing changed but what a run puts there."""
