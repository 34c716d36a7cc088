"""The rows of the fault matrix: each a fault, given to the load while it runs."""
