"""Editing a definition: what is wrong and where, what it would change, saving it, computing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.company import computing, definition_history, drafts, previews
from dashboard.company.definitions import defined_metric, used
from dashboard.company.opened import Company
from dashboard.company.previews import Preview
from data.errors import Clause9Error, DefinitionError, NotAllowedError, UsageError
from data.records.access import ROLES, Actor
from data.records.audit import audit_log, verify_audit
from tests.support.small_company import NOW, OPERATOR, a_small_company, open_company

LATE = 'numerator = { table = "complaints", where = "category = \'late\'" }'
ALL = 'numerator = { table = "complaints" }'


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_small_company(tmp_path_factory.mktemp("edited") / "small")


@pytest.fixture
def company(pattern: Path, tmp_path: Path) -> Iterator[Company]:
    shutil.copytree(pattern, tmp_path / "small")
    opened = open_company(tmp_path / "small")
    with opened.records:
        yield opened


def text_of(company: Company, name: str = "complaints") -> str:
    return drafts.section(company, name).text


def edited(company: Company, old: str, new: str) -> drafts.Draft:
    text = text_of(company)
    assert old in text
    return drafts.draft(company, "complaints", text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('"complaints" }', '"complaints", where = "category = late" }', 12, "no column 'late'"),
        ('better = "lower"', 'better = "less"', 5, "'less' is not one of"),
        ('by = ["site", "category"]', 'by = ["sites"]', 9, "'sites' is no dimension"),
        ('why = "', 'why = ', 3, "is not TOML"),
        ("decimals = 0", "decimals = 0\nowner = 1", 9, "unknown key 'owner'"),
        ("[complaints]", "[other]", 1, "'other' is another section; this is about [complaints]"),
        ('kind = "count"', 'kind = "counts"', 11, "'counts' is not one of"),
        ("decimals", "\tdecimals", 8, "holds a tab"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(
    company: Company, old: str, new: str, line: int, told: str
) -> None:
    draft = edited(company, old, new)
    assert draft.metric is None
    lines = draft.text.split("\n")
    flaws = [(flaw.line, flaw.sentence) for flaw in draft.flaws]
    assert any(told in sentence for _, sentence in flaws), flaws
    assert flaws[0][0] is not None
    assert lines[flaws[0][0] - 1].strip(), (line, flaws)


def test_a_sound_text_makes_a_metric_and_changes_no_file(company: Company) -> None:
    before = drafts.section(company, "complaints").whole
    draft = edited(company, ALL, LATE)
    assert (draft.flaws, draft.metric and draft.metric.title) == ((), "Complaints")
    assert drafts.section(company, "complaints").whole == before


def try_out(company: Company, draft: drafts.Draft) -> Preview:
    assert draft.metric is not None
    old = defined_metric(company, "complaints")
    return previews.preview(company, old, draft.metric, actor=OPERATOR)


def test_an_edit_is_tried_out_on_real_facts(company: Company) -> None:
    preview = try_out(company, edited(company, ALL, LATE))
    newest = preview.rows.row(-1, named=True)
    # Three complaints a month, one of them damaged: 3 as it is, 2 as edited.
    assert (newest["label"], newest["before"], newest["after"]) == ("October 2026", 3.0, 2.0)
    assert newest["difference"] == -1.0
    assert (preview.rows.height, preview.changed) == (24, 24)


def test_an_edit_of_words_changes_no_figure(company: Company) -> None:
    assert try_out(company, edited(company, "take the trouble to tell", "say")).changed == 0


def test_an_edit_that_takes_too_long_is_stopped_with_a_sentence(company: Company) -> None:
    draft = edited(company, ALL, LATE)
    assert draft.metric is not None
    old = defined_metric(company, "complaints")
    with pytest.raises(Clause9Error, match=r"stopped after 0\.01 seconds\. Ask for less"):
        previews.preview(company, old, draft.metric, actor=OPERATOR, seconds=0.01)


def test_an_edit_that_asks_for_too_much_memory_ends_with_a_sentence(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it would be with a bomb that gets through the parser: the process dies, not the server.
    monkeypatch.setattr(previews, "MEMORY_MB", 300)
    old = defined_metric(company, "complaints")
    with pytest.raises(Clause9Error, match="asks for more memory than a number of its kind needs"):
        previews.preview(company, old, old, actor=OPERATOR)


def test_saving_keeps_the_rest_and_leaves_figures_until_computed(company: Company) -> None:
    was = text_of(company)
    whole = drafts.section(company, "complaints").whole
    text = was.replace(ALL, f"# only late ones\n{LATE}")
    file = drafts.save(company, "complaints", text, was=was, actor=OPERATOR, at=NOW)
    assert file.read_text(encoding="utf-8") == whole.replace(ALL, f"# only late ones\n{LATE}", 1)

    again = open_company(company.workspace.root)
    with again.records:
        assert set(definition_history.pending(again)) == {"complaints"}
        report = computing.recompute(again, actor=OPERATOR, at=NOW)
        assert [effect.moved.height for effect in report.effects] == [26]
        assert definition_history.pending(again) == {}
        newest, first = definition_history.history(again, "complaints")
        assert [change.key for change in newest.changes] == ["measure.numerator.where"]
        assert first.is_first


def test_saving_is_kept_in_the_audit_log_once_with_before_and_after(company: Company) -> None:
    was = text_of(company)
    drafts.save(
        company, "complaints", was.replace(ALL, LATE), was=was, actor=OPERATOR, at=NOW
    )  # fmt: skip
    (entry,) = audit_log(company.records, OPERATOR, "metric:complaints")
    assert (entry.action, entry.actor) == ("edit_definition", OPERATOR.name)
    assert "category" in (entry.after or "")
    assert "where" not in (entry.before or "")
    assert verify_audit(company.records) is None


def test_a_broken_text_is_not_saved(company: Company) -> None:
    was = text_of(company)
    with pytest.raises(DefinitionError, match="'less' is not one of"):
        drafts.save(
            company, "complaints", was.replace('"lower"', '"less"'),
            was=was, actor=OPERATOR, at=NOW,
        )  # fmt: skip
    assert text_of(company) == was
    assert audit_log(company.records, OPERATOR, "metric:complaints") == []


def test_what_somebody_else_saved_meanwhile_is_not_written_over(company: Company) -> None:
    was = text_of(company)
    drafts.save(company, "complaints", was.replace(ALL, LATE), was=was, actor=OPERATOR, at=NOW)
    with pytest.raises(UsageError, match="was changed since this page was opened"):
        drafts.save(company, "complaints", was, was=was, actor=OPERATOR, at=NOW)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "quality_manager"])
def test_only_the_quality_manager_edits(company: Company, role: str) -> None:
    actor = Actor("Somebody", frozenset({role}))  # type: ignore[arg-type]
    was = text_of(company)
    text = was.replace(ALL, LATE)
    with pytest.raises(NotAllowedError, match="may not edit definitions"):
        drafts.save(company, "complaints", text, was=was, actor=actor, at=NOW)
    old = defined_metric(company, "complaints")
    with pytest.raises(NotAllowedError, match="may not edit definitions"):
        previews.preview(company, old, old, actor=actor)
    assert text_of(company) == was


def test_where_a_metric_is_used_is_told(company: Company) -> None:
    assert used(company, "complaints") == (
        "Reads Complaints, which comes in by Complaint list.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (-6, "terminate called after throwing 'std::bad_alloc'", Clause9Error),
        (-9, "", Clause9Error),
        (1, "MemoryError", Clause9Error),
        (1, "Traceback …\nKeyError: 'period'", RuntimeError),
    ],
)
def test_a_bug_is_not_called_a_lack_of_memory(code: int, said: str, kind: type[Exception]) -> None:
    assert isinstance(previews._died(code, said), kind)
