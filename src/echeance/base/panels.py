"""Screens of lower rooms show fragments of upper rooms, by the name of a URL.

In ``apps.ready()`` a room calls ``panels.add("invoice", "collection:invoice_panel", order=40)``;
the page of the lower room renders one htmx slot a panel. A name is text: no import goes up.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Panel:
    """A fragment of another room: its place and the name of its URL (takes the object's id)."""

    order: int
    url_name: str
    title: str


_panels: dict[str, set[Panel]] = {}


def add(screen: str, url_name: str, *, title: str, order: int = 50) -> None:
    """Show the fragment ``url_name`` on every ``screen`` (``invoice``, ``party``…)."""
    _panels.setdefault(screen, set()).add(Panel(order=order, url_name=url_name, title=title))


def of(screen: str) -> list[Panel]:
    """Panels of a screen, in their order."""
    return sorted(_panels.get(screen, ()))
