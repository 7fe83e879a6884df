"""A forecast in the formats that ``canarylab plan`` prints: one pure renderer each."""
