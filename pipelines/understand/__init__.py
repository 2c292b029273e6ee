"""What a file nobody has described yet seems to hold: a mapping proposed, and what to ask first.

`look` shows every sheet as it lies, `propose` says what its blocks could become and `answered`
makes the mapping once a person has decided what the file leaves open.
"""

from pipelines.readers.look import SheetLook
from pipelines.readers.open import look
from pipelines.understand.proposal import Proposal, Question
from pipelines.understand.propose import answered, propose

__all__ = ["Proposal", "Question", "SheetLook", "answered", "look", "propose"]
