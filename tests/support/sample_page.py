"""The sample review as a page, with every number's source and one chart."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.documents.page import Chart, ReviewPage
from metrics.review.assemble import assemble
from metrics.review.origins import sources_of
from metrics.review.readiness import readiness
from tests.support.sample_review import PEOPLE, Sample


def page_of(sample: Sample) -> ReviewPage:
    given = sample.evidence
    assembly = assemble(given)
    figures = assembly.figures()
    return ReviewPage(
        organisation="Marlow Fluid Controls",
        assembly=assembly,
        readiness=readiness(assembly, given.review, given.decisions, given.standards),
        review=given.review,
        is_synthetic=True,
        decisions=tuple(each for each in given.decisions if each.review == given.review.id),
        actions=tuple(each for each in given.actions if each.review == given.review.id),
        people=PEOPLE,
        definitions=sample.metrics,
        charts={
            "complaint_rate": Chart(
                "<svg xmlns='http://www.w3.org/2000/svg'/>",
                "Fell.",
                events=(("2 March 2026", "A-1 Call back within a day, done"),),
            )
        },
        sources={
            name: sources_of(sample.reader, sample.metrics[each.metric], sample.tables, each)
            for name, each in figures.items()
        },
        made_at=datetime(2026, 10, 14, 16, 5, tzinfo=UTC),
    )
