"""`clause9 trend`: the chart in words and rows, its phases, and how it read on an earlier day."""

from __future__ import annotations

from tests.support.command_line import Site

KNOWN = """
[[phases]]
metric = "complaint_rate"
from_on = {day}
label = "New desk"
cause = "The help desk moved."

[[exclusions]]
metric = "complaint_rate"
period_on = {day}
reason = "The desk was closed."
"""


def with_a_phase(site: Site) -> Site:
    first = site.done("trend", "complaint_rate", "--json").json["points"][0]["period"]
    site.done("records", "load", site.file("known.toml", KNOWN.format(day=first)))
    return site


def test_phases_and_exclusions_are_said_with_their_causes(site: Site) -> None:
    said = with_a_phase(site).done("trend", "complaint_rate").out
    assert "New desk. The help desk moved." in said
    assert "The desk was closed." in said
    head = next(line for line in said.splitlines() if line.startswith("period"))
    assert head.split()[-2:] == ["phase", "excluded"]


def test_as_data_they_stand_beside_points_and_summary(site: Site) -> None:
    found = with_a_phase(site).done("trend", "complaint_rate", "--json").json
    assert set(found) >= {"points", "summary", "events", "phases", "exclusions"}
    assert found["phases"][0]["cause"] == "The help desk moved."
    assert (found["points"][0]["phase_label"], found["points"][0]["ghost"]) == ("New desk", True)


def test_as_of_an_earlier_day_nothing_recorded_later_counts(site: Site) -> None:
    with_a_phase(site)
    last = site.done("trend", "complaint_rate", "--json").json["points"][-1]["period"]
    then = site.done("trend", "complaint_rate", "--as-of", last, "--json").json
    assert (then["phases"], then["points"][0]["ghost"]) == ([], False)
    now = site.done("trend", "complaint_rate", "--as-of", last, "--recorded", "now", "--json").json
    assert now["phases"][0]["label"] == "New desk"
    refused = site.run("trend", "complaint_rate", "--as-of", "soon")
    assert refused.code == 2
