"""What others build upon: the published documents, the bodies of old, and what may change."""
