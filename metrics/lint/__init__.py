"""What is sound by its form and yet no good as a definition: findings, each with a way out.

A definition that cannot be read is an error of the catalogue; what is said here is a warning.
"""

from metrics.lint.catalogue import lint
from metrics.lint.finding import Finding, Rule, Setting, Studied

__all__ = ["Finding", "Rule", "Setting", "Studied", "lint"]
