"""Faults of the mesh: EnvoyFilters, which leave every object that Flagger owns as it is."""
