"""What people decide and do: people, owners, targets, reviews, actions, batches and the audit log.

Records are never rebuilt and never purged by age, so no function here deletes anything. Every write
takes the records, the actor and the instant, asks `access.require`, and leaves a row in the
hash-chained audit log in the same transaction. Reads return detached rows.
"""
