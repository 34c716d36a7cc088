"""The demo: the main road, shown and checked."""
