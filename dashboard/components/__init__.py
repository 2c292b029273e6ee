"""Pieces of pages that more than one view uses; each owns its session keys."""
