"""The journeys, on a running stack."""
