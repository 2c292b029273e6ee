"""How facts get in: read, map, clean, validate, publish. Knows nothing of what they mean."""
