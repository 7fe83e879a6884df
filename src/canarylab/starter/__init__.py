"""What a repository needs to test its own application: from a few answers, or from its manifests, to files."""
