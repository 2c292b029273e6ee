"""What a site's files mean: the mappings in sources/*.toml, read and checked.

A `Mapping` says how the files of one source become rows of one table.
"""

from pipelines.mapping.loader import load_mappings
from pipelines.mapping.model import Group, Lookup, Mapping, Periods, Unpivot, template_mapping

__all__ = ["Group", "Lookup", "Mapping", "Periods", "Unpivot", "load_mappings", "template_mapping"]
