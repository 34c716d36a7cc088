"""The contracts as others read them: generated from the code, and held to what was published before."""
