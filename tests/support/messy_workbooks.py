"""Real workbooks people keep figures in, and what each of them has to become: checked by hand.

The cells of every figure are written down from looking at the sheet, not from what the product
understood.
"""

from __future__ import annotations

from tests.support.messy_cells import Kept, Workbook

DIMENSIONS = {
    "operator": "The train operating company.",
    "delay_type": "Who delayed whom.",
    "cause": "What caused the delay.",
    "machine": "The moulding machine.",
    "sector": "The sector of industry.",
    "specialty": "The physicians' specialty.",
    "person": "Whose figure it is.",
}
"""Columns a site adds to `metric_values` to keep apart what these workbooks tell apart."""

RAIL = {
    "label.Train Operating Company (TOC)": "operator",
    "label.Delay Type": "delay_type",
    "label.Category of Delay": "cause",
    "first_days": "2011-04-03",
    "process": "trains",
}

RAIL_ASKED = "what the three columns of words tell apart, the metric, the days on which P01 began"


def _rail(sheet: str, last_row: int, metric: str, count: int, total: str) -> Kept:
    return Kept(
        at=f"sheet '{sheet}', A13:",
        sheet=sheet,
        cells=(f"D14:CW{last_row}",),
        answers=RAIL | {"metric": metric},
        asked=RAIL_ASKED,
        count=count,
        total=total,
    )


MONTHS_MADE = ("F", "I", "L", "O", "R", "U", "X", "AA", "AD", "AG", "AJ", "AM")
"""The columns "Réalisé" of the twelve months in file 06."""

NOTHING_DATED = "no column and no row of headers names days, months or years"

WORKBOOKS = (
    Workbook(
        "01_sixsigma_moulding_rejects_2009.xlsx",
        "Months June to Sept × machines with a total row; rejects a day; two tables without dates",
        kept=(
            Kept(
                "sheet 'Sigma output from june-sept', B4:",
                ("D5:G8",),
                {
                    "year": "2009",
                    "figures": "E01, E03, E04, E06",
                    "across": "machine",
                    "metric": "rejects",
                    "process": "moulding",
                },
                "the year, which columns are figures and what tells them apart, the metric",
                sheet="Sigma output from june-sept",
                count=16,
                total="8,579.000000",
            ),
            Kept(
                "sheet 'Trend before & after treatment ', B3:",
                ("C4:C35",),
                {
                    "metric": "rejects_of_jar_3004",
                    "process": "moulding",
                    "missing.Screw barrel cleaning": "no figure",
                },
                'the metric, and that "Screw barrel cleaning" is no figure',
                sheet="Trend before & after treatment ",
                count=31,
                total="1,383.000000",
            ),
        ),
    ),
    Workbook(
        "01_sixsigma_csv/Data before & after treatment.csv",
        "Rejects a day below a title",
        kept=(
            Kept(
                "A2:",
                ("B3:B34",),
                {
                    "metric": "rejects_a_day",
                    "process": "moulding",
                    "missing.Screw barrel cleaning": "no figure",
                },
                'the metric, and that "Screw barrel cleaning" is no figure',
                count=31,
                total="1,383.000000",
            ),
        ),
    ),
    Workbook(
        "01_sixsigma_csv/rejects of 4 months.csv",
        "Months × machines below two rows of titles",
        kept=(
            Kept(
                "A3:",
                ("B4:F7",),
                {
                    "year": "2009",
                    "figures": "Output, E01, E03, E04, E06",
                    "across": "metric",
                    "metrics": "short names",
                    "process": "moulding",
                },
                "the year, which columns are figures, and that each is a metric",
                count=20,
                total="607,619.000000",
            ),
        ),
    ),
    Workbook(
        "01_sixsigma_csv/In-line Rejects.csv", "Rejects by model, no date", refused=NOTHING_DATED
    ),
    Workbook(
        "01_sixsigma_csv/Reject type.csv", "Defects × machines, no date", refused=NOTHING_DATED
    ),
    Workbook(
        "02_manufacturing_line_productivity_downtime_matrix.xlsx",
        "A list of batches with times of day, and minutes lost by batch × factor",
        refused="its rows are events, not figures of a period",
    ),
    Workbook(
        "03_uk_rail_delay_minutes_by_cause_operator_2010_2018.xlsx",
        "Five sheets: operator, type, cause × 98 four-week periods below twelve rows of notes",
        kept=(
            _rail("Minutes", 450, "delay_minutes", 41_838, "306,531,716.304117"),
            _rail("PPM_Failures", 473, "ppm_failures", 44_040, "17,421,909.535725"),
            _rail("CaSL_Failures", 473, "casl_failures", 44_040, "5,211,910.857135"),
            _rail("Full_Cancellations", 473, "full_cancellations", 44_040, "2,286,710.999925"),
            _rail("Part_Cancellations", 473, "part_cancellations", 44_040, "2,383,085.999799"),
        ),
    ),
    Workbook(
        "04_norway_index_year_rows_month_columns.xlsx",
        "Years down × Norwegian months across, footnotes",
        kept=(
            Kept(
                "sheet 'KpiIndMnd', A3:",
                ("D4:O59",),
                {
                    "metric": "consumer_price_index",
                    "process": "purchasing",
                },
                "the metric",
                sheet="KpiIndMnd",
                count=672,
                total="41,962.100000",
            ),
        ),
    ),
    Workbook(
        "05_swedish_project_kpis_by_sprint.xlsx",
        'KPIs × sprints, "se graf" in cells; six small tables',
        kept=(
            Kept(
                "sheet 'Sammanställning', B2:",
                ("C3:G7",),
                {
                    "label.KPI": "metric",
                    "metrics": "short names",
                    "process": "project",
                    "missing.se graf": "no figure",
                    **{
                        f"begins.sprint {n}": f"2018-{9 + n // 4:02}-{1 + 7 * (n % 4):02}"
                        for n in range(1, 6)
                    },
                },
                'when each sprint began, that the rows are metrics, that "se graf" is no figure',
                sheet="Sammanställning",
                count=15,
                total="1,109.552631",
            ),
        ),
    ),
    Workbook(
        "06_french_kpi_template_objectif_realise_merged_months.xlsx",
        "Months merged over Objectif, Réalisé and %; 24 more sheets, most of them empty forms",
        kept=(
            Kept(
                "sheet 'KPI_PAYS', A1:",
                tuple(
                    f"{c}3:{c}13"
                    for c in ["F", "I", "L", "O", "R", "U", "X", "AA", "AD", "AG", "AJ", "AM"]
                ),
                {
                    "measure": "Réalisé",
                    "label.PAYS": "metric",
                    "metrics": "short names",
                    "process": "sales",
                    "gaps.PAYS": "leave out",
                },
                "which of the three columns of a month, that the rows are metrics",
                sheet="KPI_PAYS",
                count=132,
                total="0.000000",
            ),
        ),
    ),
    Workbook(
        "07_ons_overseas_travel_multirow_headers.xls",
        "Year on the first month only, headers of three rows, footnote marks on months; old format",
        refused="column B names periods, but also 'Jan†', 'Apr¹', 'May¹', 'June¹'",
    ),
    Workbook(
        "08_oee_625_shifts_multiline_headers.xlsx",
        "625 shifts in the order they were worked, none with a date",
        refused=NOTHING_DATED,
    ),
    Workbook(
        "09_nhs_building_incidents_foi_merged_cells.xlsx",
        "2,600 incidents in free text, none with a date",
        refused="it holds words and no figures",
    ),
    Workbook(
        "10_rail_tweets_by_month.xlsx",
        "Counts by month and word, months in alphabetical order; a pivot table of shares",
        kept=(
            Kept(
                "sheet 'sorrybymonth', A1:",
                ("A2:A25",),
                {
                    "year": "2018",
                    "label.sorry": "metric",
                    "metrics": "short names",
                    "metric.false": "tweets_without_sorry",
                    "metric.true": "tweets_with_sorry",
                    "process": "trains",
                },
                "the year, and a metric for each of the two words",
                sheet="sorrybymonth",
                count=24,
                total="109,251.000000",
            ),
        ),
    ),
    Workbook(
        "11_messytables_horror/begrotingsanalyse-2011.csv",
        "Budget clusters × provinces of one year",
        refused=NOTHING_DATED,
    ),
    Workbook(
        "11_messytables_horror/bian-anal-mca-2005-dols-eng-1011-0312-tab3.xlsm",
        "Definitions in words",
        refused="it holds words and no figures",
    ),
    Workbook(
        "11_messytables_horror/blank_line.ods",
        "OpenDocument with an empty line in the data",
        kept=(
            Kept(
                "sheet 'Sheet1', A1:",
                ("B2:B5",),
                {"label.Name": "person", "metric": "age", "process": "training"},
                "what the rows tell apart, the metric",
                count=3,
                total="77.000000",
            ),
        ),
    ),
    Workbook(
        "11_messytables_horror/excel_pasting.csv",
        "Years across, thousands with a comma in quotes, titles and a source",
        kept=(
            Kept(
                "A4:",
                ("B5:I20",),
                {
                    "label.Year": "sector",
                    "metric": "co2_emissions",
                    "process": "energy",
                    "numbers": "2666",
                },
                "whether 2,666 is a number of four digits, what the rows tell apart, the metric",
                count=104,
                total="901,445.000000",
            ),
        ),
    ),
    Workbook(
        "11_messytables_horror/mixedGLB.csv",
        "Years from 1880 down × months across; lines end with a lone carriage return",
        kept=(
            Kept(
                "A4:",
                ("B5:M137",),
                {
                    "metric": "temperature_anomaly",
                    "process": "climate",
                    "missing.*****": "no figure",
                },
                'the metric, and that "*****" is no figure',
                count=1589,
                total="-1,425.000000",
            ),
        ),
    ),
    Workbook(
        "11_messytables_horror/spanish_chars.csv",
        "Spending of one year in a column called so, not UTF-8",
        refused=NOTHING_DATED,
    ),
    Workbook(
        "11_messytables_horror/sw_gen.xlsx",
        "A list of tweets",
        refused="its rows are events, not figures of a period",
    ),
    Workbook(
        "11_messytables_horror/utf-16le_encoded.csv",
        "UTF-16; 327 hospitals × fifteen counts of the year 2010-11",
        kept=(
            Kept(
                "A1:",
                ("E2:E328", "J2:J328"),
                {
                    "span": "year",
                    "first_day": "2010-04-01",
                    "figures": "Part_II_patients, Place_of_safety_patients",
                    "label.Organisation_code": "site",
                    "label.Organisation_name": "leave out",
                    "label.Organisation_classification": "leave out",
                    "across": "metric",
                    "metrics": "short names",
                    "process": "care",
                    "numbers": "1338",
                },
                "that 2010-11 is a year and when it began, which counts, what the columns of words "
                "are, whether 1,338 is a number of four digits",
                count=654,
                total="42,271.000000",
            ),
        ),
    ),
    Workbook(
        "11_messytables_horror/weird_head_padding.csv",
        "Years across, a title of a thousand blanks, lines of unequal length",
        kept=(
            Kept(
                "A12:",
                ("B13:J72",),
                {
                    "label.A": "specialty",
                    "metric": "physicians",
                    "process": "care",
                    "missing..": "no figure",
                },
                'what the rows tell apart, the metric, that "." is no figure',
            ),
        ),
        refused="has the same key",
    ),
    Workbook(
        "12_unpivotr_worked_examples.xlsx",
        "26 sheets of layouts; one of them dated: years across as dates",
        kept=(
            Kept(
                "sheet 'non-text headers', A1:",
                ("B2:C3",),
                {"label.Name": "person", "metric": "score", "process": "training"},
                "what the rows tell apart, the metric",
                sheet="non-text headers",
                count=4,
                total="10.000000",
            ),
        ),
    ),
)
