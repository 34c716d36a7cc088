"""Several replicas of each service side by side."""
