"""The topics a review covers, whatever the standard: what feeds each, and how to feed it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One subject of a review. `tables` are the fact tables whose rows are evidence for it."""

    id: str
    title: str
    tables: tuple[str, ...]
    how_to_feed: str
    prevents: str


TOPICS: dict[str, Topic] = {
    topic.id: topic
    for topic in (
        Topic(
            "previous_actions",
            "Actions from earlier reviews",
            (),
            "Record the decisions and open actions of the last review, on the Review page or with"
            " clause9 review record",
            "whether earlier decisions were carried out",
        ),
        Topic(
            "context",
            "Changes in context",
            ("context_changes",),
            "Upload context_changes, or let the owner write what changed and what did not,"
            " climate included",
            "whether the system still fits the surroundings it works in",
        ),
        Topic(
            "customer_satisfaction",
            "Customer satisfaction and feedback",
            ("complaints", "survey_responses"),
            "Upload complaints or survey_responses, or give a metric this topic",
            "whether customers are better or worse served than before",
        ),
        Topic(
            "objectives",
            "Quality objectives",
            (),
            "Load objectives with a metric and a target each (clause9 records load)",
            "how far the objectives are met",
        ),
        Topic(
            "process_performance",
            "Process performance and conformity",
            (),
            "Give at least one metric the topic process_performance and upload its table",
            "whether processes and what they deliver hold what was planned",
        ),
        Topic(
            "nonconformity_and_corrective_action",
            "Nonconformance and corrective action",
            ("nonconformances", "corrective_actions"),
            "Upload nonconformances or corrective_actions, or give a metric this topic",
            "whether faults recur and corrections hold",
        ),
        Topic(
            "monitoring_results",
            "Monitoring and measurement",
            ("calibrations", "process_measurements"),
            "Upload process_measurements or calibrations, or give a metric this topic",
            "whether what is measured can be relied on",
        ),
        Topic(
            "audit_results",
            "Audit results",
            ("audits", "audit_findings"),
            "Upload audits and audit_findings, or give a metric this topic",
            "whether the system is kept as it was set up",
        ),
        Topic(
            "external_providers",
            "External providers",
            ("supplier_deliveries",),
            "Upload supplier_deliveries, or give a metric this topic",
            "which suppliers can be relied on",
        ),
        Topic(
            "resources",
            "Resources",
            ("trainings",),
            "Upload trainings, give a metric this topic, or let the owner say whether people,"
            " equipment and money suffice",
            "whether people and means suffice for what is planned",
        ),
        Topic(
            "risks_and_opportunities",
            "Risks and opportunities",
            ("risks",),
            "Upload risks with their scores before and after treatment",
            "whether treating risks and taking opportunities worked",
        ),
        Topic(
            "improvement_opportunities",
            "Opportunities for improvement",
            (),
            "Let the owner list ideas, or upload audit_findings that name opportunities",
            "where the next improvement should come from",
        ),
    )
}
"""Topic ids are stable: standards, metric definitions and records name them."""


def topic_named(name: str) -> Topic:
    """Return the topic, or one without tables for a site's own topic id."""
    known = TOPICS.get(name)
    if known:
        return known
    title = name.replace("_", " ").capitalize()
    return Topic(name, title, (), f"Give a metric the topic {name}", f"anything about {title}")
