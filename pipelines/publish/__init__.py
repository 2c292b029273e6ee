"""One publish for all files of a run: the warehouse first, then the records say so.

The order makes every crash heal: bytes archived, batch pending, warehouse published, batch
published. What the warehouse holds is the truth; `recover` brings the records to it.
"""
