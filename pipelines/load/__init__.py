"""From paths to prepared files: which of them, by which mappings, ready to publish or refused."""
