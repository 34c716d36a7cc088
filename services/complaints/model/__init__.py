"""The words of the complaints service: states, policies, rows, and the documents of its HTTP routes."""
