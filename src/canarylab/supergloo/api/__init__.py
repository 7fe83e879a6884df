"""SuperGloo's API group supergloo.solo.io/v1 as types: one file for each family of kinds."""
