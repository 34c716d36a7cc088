"""The verbs of evaluation, a topic a file: load all, decide each, write all, tell all."""
