"""One metric by month and site as two semantic layers answer it: from the facts, each time anew.

Run by the Python of .venv-peers: live.py PEER FILE RUNS prints the shortest run and the sum.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

Answer = Callable[[], float]


def by_sidemantic(file: str) -> Answer:
    from sidemantic import Dimension, Metric, Model, SemanticLayer

    counted = Metric(
        name="counted",
        agg="sum",
        sql="quantity",
        filters=["_is_current", "category = 'category 3'"],
    )
    complaints = Model(
        name="complaints",
        table="facts.complaints",
        primary_key="complaint_id",
        dimensions=[
            Dimension(name="received_on", type="time", sql="received_on", granularity="day"),
            Dimension(name="site", type="categorical", sql="site"),
        ],
        metrics=[counted],
    )
    layer = SemanticLayer(connection=f"duckdb:///{file}")
    layer.add_model(complaints)

    def answer() -> float:
        found = layer.query(
            metrics=["complaints.counted"],
            dimensions=["complaints.received_on__month", "complaints.site"],
        ).fetchall()
        return float(sum(row[2] for row in found))

    return answer


def by_boring_semantic_layer(file: str) -> Answer:
    import ibis
    from boring_semantic_layer import to_semantic_table

    facts = ibis.duckdb.connect(file, read_only=True).table("complaints", database="facts")
    complaints = (
        to_semantic_table(facts.filter(facts["_is_current"]), name="complaints")
        .with_dimensions(month=lambda t: t.received_on.truncate("M"), site=lambda t: t.site)
        .with_measures(counted=lambda t: t.quantity.sum(where=t.category == "category 3"))
    )

    def answer() -> float:
        found = complaints.group_by("month", "site").aggregate("counted").execute()
        return float(found["counted"].sum())

    return answer


PEERS: dict[str, Callable[[str], Answer]] = {
    "sidemantic": by_sidemantic,
    "boring-semantic-layer": by_boring_semantic_layer,
}


def main() -> None:
    peer, file, runs = sys.argv[1:]
    answer = PEERS[peer](file)
    total, best = answer(), float("inf")
    for _ in range(int(runs)):
        start = time.perf_counter()
        answer()
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best, "sum": total}))


if __name__ == "__main__":
    main()
