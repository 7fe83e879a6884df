"""The verdict on rollouts of any cluster: follows them by the rights that there are, judges, and explains."""
