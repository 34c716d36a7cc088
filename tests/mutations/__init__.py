"""Each guard of the promise is taken out, one at a time, and a named test must see it."""
