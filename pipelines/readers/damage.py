"""Whether the parts of a zipped workbook are whole: all there, and as their checksums say.

The fast reader stops at the last row it needs and does not look at what a part's checksum says.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from xml.etree import ElementTree as ET
from xml.parsers import expat

from data.errors import RefusedInputError

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,  # a way of packing that Python does not know
    RuntimeError,  # a part that says it is encrypted
    OverflowError,
    UnicodeDecodeError,
    expat.ExpatError,
    ET.ParseError,
)
"""What Python raises on reading an archive, or the XML in it, that is not as it was written."""

_BESIDE_SHEETS = ("xl/workbook.", "xl/_rels/", "xl/sharedStrings.", "xl/styles.")


def damaged(program: str = "Excel") -> RefusedInputError:
    """Return the refusal of a workbook that is not as it was written."""
    return RefusedInputError(
        f"the workbook is damaged or cut short. Save it again in {program} and send the new file."
    )


def refuse_damaged_parts(archive: zipfile.ZipFile, targets: list[str], *, sheets: bool) -> None:
    """Raise RefusedInputError where a part is missing or differs from its checksum.

    `targets` are the parts the workbook names. Sheets are read to their end elsewhere unless
    `sheets` says to read them here.
    """
    names = archive.namelist()
    for target in targets:
        if posixpath.normpath(target) not in names:
            raise damaged()
    for name in names:
        if name.startswith(_BESIDE_SHEETS) or (sheets and name.startswith("xl/worksheets/")):
            with archive.open(name) as part:
                while part.read(1 << 20):
                    pass
