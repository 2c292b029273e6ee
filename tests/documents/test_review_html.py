"""The exported page: safe, offline, and every number opens to the row in the file it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dashboard.charts import DARK, LIGHT
from dashboard.documents.html import review_html
from dashboard.documents.inputs import in_dark_inks
from dashboard.documents.markup import Markup, element
from dashboard.documents.page import ReviewPage
from metrics.review.sources import SHOWN_ROWS
from tests.support.reviews import a_decision, said
from tests.support.sample_page import page_of
from tests.support.sample_review import Sample, a_sample

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with a_sample(tmp_path_factory.mktemp("company")) as held:
        yield held


@pytest.fixture(scope="module")
def export(sample: Sample) -> ReviewPage:
    return page_of(sample)


def test_text_is_escaped_whoever_wrote_it() -> None:
    assert element("p", HOSTILE, title=HOSTILE) == (
        '<p title="&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;">'
        "&lt;img src=x onerror=alert(1)&gt;\"'&amp;</p>"
    )
    assert element("p", Markup("<b>")) == "<p><b></p>"


def test_nothing_a_person_or_a_file_says_becomes_markup(sample: Sample) -> None:
    given = replace(
        sample.evidence,
        inputs=(said("context", narrative=HOSTILE, narrative_by=HOSTILE),),
        people={"md": HOSTILE},
        decisions=(a_decision(id="D-1", text=HOSTILE, reason=HOSTILE, disposition="act"),),
    )
    html = review_html(page_of(replace(sample, evidence=given)))
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x") >= 3


def test_the_page_asks_the_network_for_nothing(export: ReviewPage) -> None:
    html = review_html(export)
    assert "default-src &#x27;none&#x27;" in html
    assert "<script" not in html
    links = re.findall(r' (?:href|src|srcset|action)="([^"]*)"', html)
    assert links
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in links)


def test_every_number_of_every_figure_opens_to_a_sheet_that_is_there(export: ReviewPage) -> None:
    html = review_html(export)
    opened = set(re.findall(r'class="opens" type="button" popovertarget="([^"]+)"', html))
    sheets = set(re.findall(r'<section class="source" id="([^"]+)"', html))
    assert opened == sheets
    assert len(sheets) == 5 * 3  # five metrics: the period, its last month, the period before


def test_the_rows_of_a_number_add_up_to_it(export: ReviewPage) -> None:
    (whole, *_) = export.sources["complaint_rate"]
    numerator, denominator = whole.sides
    assert numerator.total == numerator.amount == 106
    quantity = denominator.columns.index("quantity")
    made = [int(row.cells[quantity].replace(",", "")) for row in denominator.rows]
    assert denominator.amount == sum(made)


def test_a_sheet_names_definition_query_file_hash_row_and_who_brought_it(
    export: ReviewPage,
) -> None:
    html = review_html(export)
    sheet = html[html.index('id="source-complaint-rate-whole"') :]
    sheet = sheet[: sheet.index("</section>")]
    metric = export.definitions["complaint_rate"]
    files = export.sources["complaint_rate"][0].sides[0].files
    for said_there in (
        metric.why,
        metric.definition_hash,
        "FROM facts.",
        "complaints-2026-q3.xlsx",
        files[0].sha256,
        "A. Lindqvist",
        "5 October 2026 07:42",
        "by Head of quality on 5 January 2026",
        "1,000 × 106 ÷ ",
    ):
        assert said_there in sheet


def test_a_chart_writes_out_what_its_flags_would_tell_on_hover(export: ReviewPage) -> None:
    html = review_html(export)
    events = html[html.index("The events on the chart") :]
    assert "A-1 Call back within a day, done" in events[: events.index("</details>")]


def test_personal_columns_are_masked(export: ReviewPage) -> None:
    html = review_html(export)
    assert "Spoke to a person" not in html
    assert "•••" in html


def test_a_long_list_of_rows_says_how_many_there_are_and_where_the_rest_is(
    sample: Sample, export: ReviewPage
) -> None:
    many = export.sources["late_answers"][0].sides[1]
    cut = replace(many, total=1234, shown=SHOWN_ROWS)
    assert cut.extent == (
        "1,234 rows of complaints: the first 200 are listed here, "
        "the pack has all in facts/complaints.parquet"
    )
    assert many.extent == "106 rows of complaints"
    assert "106 rows of complaints</summary>" in review_html(export)
    assert sample.tables["complaints"].name == many.table


def test_a_chart_is_recoloured_ink_by_ink_for_a_dark_page() -> None:
    light = f'<path stroke="{LIGHT.actual}" fill="{LIGHT.concern.upper()}"/><text fill="#123456"/>'
    dark = f'<path stroke="{DARK.actual}" fill="{DARK.concern}"/><text fill="#123456"/>'
    assert in_dark_inks(light) == dark


def test_an_input_without_evidence_is_a_hole_with_a_sentence(export: ReviewPage) -> None:
    html = review_html(export)
    section = html[html.index('id="input-9-3-2-e"') :]
    assert "○ Gap" in section
    assert "Nothing on record about risks and opportunities" in section


def test_an_empty_review_renders(sample: Sample) -> None:
    bare = replace(
        sample.evidence,
        metrics=(),
        records={},
        actions=(),
        decisions=(),
        inputs=(),
        restatements=(),
    )
    html = review_html(page_of(replace(sample, evidence=bare)))
    assert html.count("○ Gap") == 11  # nothing was open from the last review: that is known
    assert "None" not in re.sub(r"<[^>]+>", " ", html)
