"""What a file nobody has described yet seems to hold: a mapping proposed, and what to ask first.

`look` shows every sheet as it lies, `propose` says what its blocks could become and `answered`
makes the mapping once a person has decided what the file leaves open.
"""

from pipelines.readers.look import SheetLook
from pipelines.readers.open import look

__all__ = ["SheetLook", "look"]
