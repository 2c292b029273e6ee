"""What people and files say is shown as they wrote it, never as Markdown."""

from __future__ import annotations

import pytest

from dashboard.components.page import plain


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a_b *c*", r"a\_b \*c\*"),
        ("![x](https://example.org)", r"\!\[x\]\(https\://example.org\)"),
        ("Agreed\n===", "Agreed  \n\\=\\=\\="),
        ("1. first", r"1\. first"),
        ("10.5 % on 3 May 2026.", "10.5 % on 3 May 2026."),
        ("<b>bold</b>", r"\<b\>bold\</b\>"),
        (":orange-badge[x]", r"\:orange\-badge\[x\]"),
    ],
)
def test_every_markdown_sign_is_taken_literally(said: str, shown: str) -> None:
    assert plain(said) == shown
