"""Where definitions, records and facts are kept, and the only code that opens them."""
