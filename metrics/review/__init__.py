"""Management review: standards → topics → evidence → assembly → readiness → sealed pack → verification."""
