"""The demo company: a synthetic manufacturer, generated from one seed, the same in every run.

`files.write_demo` writes its definitions, its records and the files its people would have uploaded;
nothing here runs a pipeline. Everything is invented, and the dashboard says so.
"""
