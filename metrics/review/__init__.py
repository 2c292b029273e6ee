"""Management review: standards, evidence, assembly, readiness, sealed pack, verification."""
