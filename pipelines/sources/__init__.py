"""Extractors: each fetches what is new at one kind of source into files, and publishes nothing."""
