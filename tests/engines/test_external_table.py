"""A table of the site's own database: counted there, only cells come back, and never a guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.company import figures, origins
from data.errors import SourceError
from data.records.access import local_operator
from metrics.periods import period_of
from tests.support.ingesting import open_company
from tests.support.postgres import Server
from tests.support.pulling import Site

RATES = [
    ("2026-07-01", 2, 1000, 2.0, "ok"),
    ("2026-08-01", 1, 800, 1.25, "ok"),
    ("2026-09-01", 1, 900, 1 * 1000 / 900, "ok"),
]


def rates(site: Site, *arguments: str) -> list[tuple[Any, ...]]:
    answer = site.run("metrics", "values", "complaint_rate", *arguments, "--json")
    assert answer.code == 0, answer.err
    keys = ("period", "numerator", "denominator", "value", "status")
    return [tuple(row[key] for key in keys) for row in answer.json]


def test_a_publish_asks_no_engine_and_compute_counts_there(site: Site) -> None:
    assert rates(site) == []
    report = site.run("compute", "--json")
    assert report.code == 0, report.err
    (told,) = report.json["engines"]
    assert (told["table"], told["engine"], told["problem"]) == ("outputs", "plant_db", None)
    assert told["metrics"] == ["complaint_rate"]
    assert rates(site) == RATES


def test_slices_of_both_sides_meet(site: Site) -> None:
    site.run("compute")
    answer = site.run("metrics", "values", "complaint_rate", "--by", "site", "--json")
    july = {
        row["slice"]["site"]: row["value"] for row in answer.json if row["period"] == "2026-07-01"
    }
    assert july == {"Aarhus": 1000 / 500, "Porto": 1000 / 500}


def test_a_pull_without_names_counts_anew(site: Site, plant: Server) -> None:
    site.run("compute")
    plant.run("INSERT INTO plant.made VALUES ('2026-09-30', 'logistics', 'Porto', NULL, 100, NULL)")
    answer = site.run("pull", "--json")
    assert (answer.code, answer.json["sources"]) == (0, [])
    assert rates(site)[-1] == ("2026-09-01", 1, 1000, 1.0, "ok")


def test_a_publish_keeps_the_cells_that_were_read(site: Site) -> None:
    site.run("compute")
    later = site.root / "inbox" / "desk_2.csv"
    later.write_text("No,Date,Plant\nC9,2026-08-09,Porto\n", encoding="utf-8")
    assert site.run("ingest", later).code == 0
    assert rates(site) == RATES
    site.run("compute")
    assert rates(site)[1] == ("2026-08-01", 2, 800, 2.5, "ok")


def test_an_engine_that_does_not_answer_leaves_the_cells_and_is_told(site: Site) -> None:
    site.run("compute")
    away = Site(site.root, {"PLANT_DB": "postgresql://erp_reader:geheim@127.0.0.1:9/postgres"})
    answer = away.run("compute")
    assert answer.code == 1
    assert "plant_db, outputs: " in answer.err
    assert "The cells of complaint_rate stay as they were." in answer.err
    assert "geheim" not in answer.err + answer.out
    told = away.run("metrics", "values", "complaint_rate")
    assert "Outputs are kept by plant_db, where they could not be counted on " in told.err
    assert rates(away) == RATES
    assert site.run("compute").code == 0
    assert "could not be counted" not in site.run("metrics", "values", "complaint_rate").err


def test_a_row_that_breaks_a_rule_is_left_out_and_told(site: Site, plant: Server) -> None:
    plant.run("INSERT INTO plant.made VALUES ('2026-09-30', 'logistics', 'Porto', NULL, -5, NULL)")
    site.run("compute")
    assert rates(site)[-1][2] == 900


def test_check_names_every_problem_with_place_and_way_out(site: Site, plant: Server) -> None:
    assert site.run("check").code == 0
    plant.run(
        "ALTER TABLE plant.made DROP COLUMN quantity",
        "ALTER TABLE plant.made ADD COLUMN quantity double precision",
        "ALTER TABLE plant.made RENAME COLUMN site TO plant",
    )
    answer = site.run("check")
    assert answer.code == 1
    assert "tables/outputs.toml, columns.quantity.type: is decimal here and float8" in answer.err
    assert 'tables/outputs.toml, columns.site: "plant"."made" has no column \'site\'' in answer.err
    assert "Make a view there" in answer.err


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE plant.made", 'plant_db has no table or view "plant"."made"'),
        ("REVOKE SELECT ON plant.made FROM erp_reader", "GRANT SELECT ON"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(
    site: Site, plant: Server, statement: str, said: str
) -> None:
    site.run("compute")
    plant.run(statement)
    answer = site.run("compute")
    assert answer.code == 1
    assert said in answer.err
    assert rates(site) == RATES


def test_a_wrong_password_is_told_and_never_shown(site: Site, plant: Server) -> None:
    wrong = Site(site.root, {"PLANT_DB": plant.url_with("falsch-und-geheim")})
    answer = wrong.run("check")
    assert answer.code == 1
    assert "password authentication failed" in answer.err
    assert "falsch" not in answer.err + answer.out


def test_a_missing_secret_says_where_to_write_it(site: Site) -> None:
    answer = Site(site.root).run("check")
    assert answer.code == 1
    assert "There is no secret 'PLANT_DB'" in answer.err


def test_a_question_that_takes_too_long_is_given_up(site: Site, plant: Server) -> None:
    settings = site.root / "clause9.toml"
    text = settings.read_text(encoding="utf-8").replace("seconds = 5", "seconds = 1")
    settings.write_text(text, encoding="utf-8")
    plant.run(
        "ALTER TABLE plant.made RENAME TO slow",
        "CREATE VIEW plant.made AS SELECT slow.* FROM plant.slow, pg_sleep(3)",
        "GRANT SELECT ON plant.made TO erp_reader",
    )
    answer = site.run("compute")
    assert answer.code == 1
    assert "statement timeout" in answer.err


def test_a_number_opens_to_the_rows_in_the_engine(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.run("compute")
    monkeypatch.setenv("PLANT_DB", site.secrets["PLANT_DB"])
    company, july = open_company(site.root), period_of(date(2026, 7, 1), "month")
    actor = local_operator("Quality manager")
    complaints, made = origins.open_number(company, "complaint_rate", july, {}, actor=actor)
    assert complaints.remark == ""
    assert made.remark.startswith("From plant_db, counted on ")
    assert sorted(made.rows.select("site", "_amount").rows()) == [("Aarhus", 500), ("Porto", 500)]
    assert (made.total, made.files.height) == (2, 0)
    monkeypatch.setenv("PLANT_DB", "postgresql://erp_reader@127.0.0.1:9/postgres")
    with pytest.raises(SourceError, match="lie in plant_db, and cannot be shown now"):
        origins.open_number(company, "complaint_rate", july, {}, actor=actor)


def test_a_period_after_the_last_row_there_is_missing_and_never_zero(
    site: Site, plant: Server
) -> None:
    plant.run("DELETE FROM plant.made WHERE output_on > '2026-07-31'")
    site.run("compute")
    company = open_company(site.root)
    view = figures.metric_view(company, "complaint_rate", {})
    told = view.series.select("label", "value", "status").rows()
    assert told[0] == ("July 2026", 2.0, "ok")
    assert {(value, status) for _, value, status in told[1:-1]} == {(None, "missing")}


def test_rows_cannot_be_published_into_it(site: Site) -> None:
    path = site.root / "inbox" / "made.csv"
    path.write_text("output_on,process,quantity\n2026-09-30,logistics,5\n", encoding="utf-8")
    answer = site.run("ingest", path, "--table", "outputs")
    assert answer.code == 3
    assert "The rows of 'outputs' are kept by plant_db and counted there" in answer.err


def test_an_engine_nobody_named_is_a_definition_error(site: Site) -> None:
    path = site.root / "tables" / "outputs.toml"
    path.write_text('[table]\nengine = "plantdb"\n', encoding="utf-8")
    answer = site.run("check")
    assert answer.code == 1
    assert "clause9.toml has no engine 'plantdb'. Did you mean 'plant_db'?" in answer.err
