"""Some journeys once more, in a flaky district."""
