"""Whatever is done to a cycle in whatever order: once its plan is fixed, it stays as it was."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from data.errors import Clause9Error
from data.records.audit import verify_audit
from data.records.cycle_checks import Follows, act, record_check
from data.records.cycle_forms import ActForm, CycleForm, PlanForm
from data.records.cycles import PLANNED, cycles, fix_plan, record_do, save_cycle
from tests.support.cycles import a_check, a_do, an_opening
from tests.support.people import OPERATOR, fresh_records, with_people

PLANS = st.fixed_dictionaries(
    {},
    optional={
        "hypothesis": st.sampled_from(["New moulds hold.", "Cooling is uneven."]),
        "criterion": st.sampled_from(["improve", "restore"]),
        "worthwhile": st.sampled_from([0.2, 0.5]),
        "expected_change": st.sampled_from([-1.0, -2.0]),
        "lag": st.integers(0, 2),
        "check_on": st.dates(date(2026, 2, 1), date(2027, 1, 1)),
        "balancing": st.sampled_from([(), ("output",)]),
    },
)
CYCLES = st.sampled_from(["P-1", "P-2", "P-3"])
VERDICTS = st.sampled_from(["effective", "not_effective", "too_early", "inconclusive"])


class AnyOrder(RuleBasedStateMachine):
    """People do what they like; time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="cycles-"))
        self.records = with_people(fresh_records(self.folder), "Head of casting", "Head of quality")
        self.at = datetime(2026, 1, 5, 9, tzinfo=UTC)
        self.fixed: dict[str, dict[str, object]] = {}

    def _at(self) -> datetime:
        self.at += timedelta(days=30)
        return self.at

    @rule(plan=PLANS, title=st.sampled_from(["One", "Two"]), is_fixed=st.booleans())
    def load(self, plan: dict[str, Any], title: str, is_fixed: bool) -> None:
        opening = an_opening(title=title, **plan).model_dump(exclude_unset=True)
        with suppress(Clause9Error):
            save_cycle(self.records, OPERATOR, CycleForm(**opening, is_fixed=is_fixed), self._at())

    @rule(cycle=CYCLES, plan=PLANS)
    def fix(self, cycle: str, plan: dict[str, Any]) -> None:
        with suppress(Clause9Error):
            fix_plan(self.records, OPERATOR, cycle, PlanForm(**plan), self._at())

    @rule(cycle=CYCLES)
    def do(self, cycle: str) -> None:
        with suppress(Clause9Error):
            form = a_do(implemented_on=self.at.date())
            record_do(self.records, OPERATOR, cycle, form, self._at())

    @rule(cycle=CYCLES, verdict=VERDICTS)
    def check(self, cycle: str, verdict: str) -> None:
        follows = Follows(decides=verdict != "too_early", reopens=verdict == "not_effective")
        with suppress(Clause9Error):
            form = a_check(verdict, done_on=self.at.date())
            record_check(self.records, OPERATOR, cycle, form, follows, self._at())

    @rule(
        cycle=CYCLES,
        outcome=st.sampled_from(["standardise", "adjust", "abandon", "next_cycle"]),
    )
    def decide(self, cycle: str, outcome: Any) -> None:  # noqa: ANN401 one of a literal
        ahead = self.at.date() + timedelta(days=90) if outcome == "adjust" else None
        form = ActForm(outcome=outcome, note="So decided.", check_on=ahead)
        with suppress(Clause9Error):
            act(self.records, OPERATOR, cycle, form, None, self._at())

    @invariant()
    def a_fixed_plan_is_as_it_was(self) -> None:
        for row in cycles(self.records):
            plan = row.model_dump(include={*PLANNED, "plan_fixed_on", "plan_fixed_by"})
            if row.plan_fixed_on is None:
                assert row.state == "plan"
                continue
            assert self.fixed.setdefault(row.id, plan) == plan

    def teardown(self) -> None:
        assert verify_audit(self.records) is None
        self.records.close()
        shutil.rmtree(self.folder)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
