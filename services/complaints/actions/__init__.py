"""The verbs of the complaints service, the same for events, requests and timers."""
