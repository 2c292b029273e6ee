"""Databases of others: opened read-only, asked one question, answered with a Parquet file."""
