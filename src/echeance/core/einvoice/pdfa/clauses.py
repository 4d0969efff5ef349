"""What the modules of the clauses share: a breach is a finding whose rule is its clause."""

from __future__ import annotations

from echeance.core.einvoice.model import Finding


def breach(clause: str, message: str, location: str = "") -> Finding:
    """What forbids the file to call itself PDF/A-3."""
    return Finding(f"ISO 19005-3 {clause}", "fatal", location, message)


def doubt(clause: str, message: str, location: str = "") -> Finding:
    """What ISO 19005-3 lets pass, or what could not be looked at to the end."""
    return Finding(f"ISO 19005-3 {clause}", "warning", location, message)


def words(text: str) -> frozenset[str]:
    """A set written as words between spaces."""
    return frozenset(text.split())
