"""Every cell parsed by the format declared for it, and a reason for each that fails.

Whole columns at a time: what parses is done with, and only the cells that do not are looked at
again, to say why.
"""
