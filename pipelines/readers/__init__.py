"""Files in, text out: csv, json and JSON lines (packed by gzip or not), parquet, workbooks.

A file is hostile until proven otherwise: `open.read` parses it in a child process under memory and
time limits. What comes back is text by column, with the row number a person sees.
"""
