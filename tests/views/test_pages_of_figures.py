"""Home, Metric, My work and Records: empty, full, and asked for what is not there."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.app_pages import link_labels, open_page, texts

PAGES = ("", "metric", "owner", "records")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("empty")
def test_a_page_of_an_empty_company_says_what_is_missing(page: str) -> None:
    app = open_page(page)
    assert not app.exception
    said = texts(app).lower()
    assert any(word in said for word in ("nothing has", "no figures yet", "nobody"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("small")
def test_a_page_of_the_small_company_shows(page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert not app.warning
    assert "synthetic company" in texts(app)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("lone")
def test_a_page_of_a_company_with_one_row_shows(page: str) -> None:
    asked = {"metric": {"metric": "complaints"}}.get(page, {})
    app = open_page(page, **asked)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("stale")
def test_a_page_of_old_figures_says_that_they_are_old(page: str) -> None:
    app = open_page(page)
    assert not app.exception
    said = texts(app) + "".join(link_labels(app))
    assert page == "records" or any(word in said for word in ("Stale", "late", "No figures since"))


@pytest.mark.usefixtures("empty")
def test_home_of_an_empty_company_leads_to_the_first_upload() -> None:
    assert "Put in the first file →" in link_labels(open_page(""))


@pytest.mark.usefixtures("small")
def test_home_leads_from_a_change_to_its_metric() -> None:
    app = open_page("")
    first = app.get("page_link")[0].proto
    assert first.label.startswith("**Deliveries on time**")
    assert first.page == "metric"
    assert first.query_string == "metric=on_time_share"


@pytest.mark.usefixtures("small")
def test_home_tells_owners_apart_by_site() -> None:
    app = open_page("", site="Cork")
    cards = [label for label in link_labels(app) if "Cork" in label]
    assert len(cards) == 3, "three metrics are kept by site"


@pytest.mark.usefixtures("small")
def test_home_sends_the_owner_of_a_part_to_their_own_page() -> None:
    app = open_page("", owner="Site manager Cork")
    assert "answers for no metric of this choice as a whole" in texts(app)
    assert "Open the work of Site manager Cork →" in link_labels(app)


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("", {"site": "Corck"}, "There is no site 'Corck'. Did you mean 'Cork'?"),
        ("metric", {"metric": "on_time"}, "There is no metric 'on_time'."),
        ("metric", {"metric": "complaints", "site": "Oslo"}, "There is no site 'Oslo'."),
        ("owner", {"owner": "Head of sail"}, "Did you mean 'Head of sales'?"),
        ("records", {"table": "complaint"}, "Did you mean 'complaints'?"),
        ("records", {"table": "complaints", "first": "today"}, "which is no day"),
    ],
)
@pytest.mark.usefixtures("small")
def test_an_address_that_names_what_is_not_is_told_so(
    page: str, asked: dict[str, str], told: str
) -> None:
    app = open_page(page, **asked)
    assert not app.exception
    assert told in app.warning[0].value.replace("\\", "")
    assert "This page cannot be shown" in texts(app)


@pytest.mark.usefixtures("small")
def test_a_word_the_page_does_not_know_is_told_and_not_used() -> None:
    app = open_page("metric", metric="on_time_share", sitee="Cork")
    assert "sitee=Cork" in app.warning[0].value.replace("\\", "")
    assert app.selectbox(key="metric.on_time_share.site").value is None


@pytest.mark.usefixtures("small")
def test_a_metric_opens_the_last_closed_period_unless_the_address_asks() -> None:
    key = "metric.on_time_share.period"
    assert open_page("metric", metric="on_time_share").selectbox(key=key).value == "2026-10-01"
    asked = open_page("metric", metric="on_time_share", period="2025-03-01")
    assert asked.selectbox(key=key).value == "2025-03-01"
    unknown = open_page("metric", metric="on_time_share", period="2031-01-01")
    assert "2031-01-01" in unknown.warning[0].value.replace("\\", "")
    assert "There are values from September 2024 to October 2026." in texts(unknown)


@pytest.mark.usefixtures("small")
def test_choosing_a_part_is_written_into_the_address() -> None:
    app = open_page("metric", metric="on_time_share")
    app.selectbox(key="metric.on_time_share.site").set_value("Faro").run()
    assert app.query_params["site"] == "Faro"
    assert "Deliveries on time, Faro" in texts(app)


@pytest.mark.usefixtures("small")
def test_another_metric_keeps_nothing_of_the_part_before() -> None:
    app = open_page("metric", metric="on_time_share", site="Faro", period="2025-03-01")
    app.selectbox(key="metric.metric").set_value("complaints").run()
    assert dict(app.query_params) == {"metric": "complaints"}
    assert not app.exception
    assert "# Complaints" in texts(app)


@pytest.mark.usefixtures("small")
def test_a_part_with_a_target_of_its_own_shows_that_one() -> None:
    app = open_page("metric", metric="on_time_share", site="Cork")
    assert "target at least 97 missed" in texts(app)
    assert "target at least 88" in texts(open_page("metric", metric="on_time_share", site="Essen"))


@pytest.mark.usefixtures("small")
def test_the_rows_behind_a_value_show_days_and_words() -> None:
    app = open_page("metric", metric="complaints", period="2026-10-01")
    rows = next(each.value for each in app.dataframe if "complaint_id" in each.value.columns)
    assert rows["sha256"].str.len().unique().tolist() == [12]
    assert rows["_row"].tolist() == [77, 78, 79]
    assert set(rows["received_on"].astype(str)) == {"2026-10-01"}
    assert list(rows.columns)[:3] == ["complaint_id", "received_on", "_row"]


@pytest.mark.usefixtures("small")
def test_my_work_is_of_the_parts_a_person_owns() -> None:
    app = open_page("owner", owner="Site manager Cork")
    said = texts(app).replace("\\", "")
    assert "Logistics (site Cork), Sales (site Cork)" in said
    card = next(frame.value for frame in app.dataframe)
    assert len(card) == 3
    assert all(title.endswith(", Cork") for title in card["Metric"])
    assert "Owner" not in card.columns
    assert card["What it needs"].str.len().min() > 0


@pytest.mark.usefixtures("small")
def test_records_obeys_and_exports_what_the_address_asks() -> None:
    app = open_page("records", table="complaints", site="Aarhus", first="2026-10-01")
    assert "1 to 2 of 2" in texts(app)
    assert app.date_input(key="records.complaints.first").value == date(2026, 10, 1)
    button = app.get("link_button")[0].proto
    assert button.url == "/exports/records.csv?table=complaints&first=2026-10-01&site=Aarhus"


@pytest.mark.usefixtures("small")
def test_records_without_a_fitting_row_offers_all_of_them() -> None:
    app = open_page("records", table="complaints", first="2031-01-01")
    assert "No row fits this choice" in texts(app)
    assert "Show all complaints →" in link_labels(app)
