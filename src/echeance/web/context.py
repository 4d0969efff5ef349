"""What the layout shows around every page: menu, company, person. Nothing is read until shown."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from echeance.base import queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.http import actor_of
from echeance.base.models import Company, User
from echeance.web.navigation import Group, menu


class Shell:
    """The frame of a page. At most two queries, and none when a fragment is rendered."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def actor(self) -> Actor | None:
        """Who is signed in, in which company; ``None`` for a visitor or a person without one."""
        if not isinstance(getattr(self._request, "user", None), User):
            return None
        try:
            return actor_of(self._request)
        except NotFoundError:
            return None

    @cached_property
    def companies(self) -> list[Company]:
        """Companies the person may switch to, by name."""
        return queries.companies_of(user=self.actor.user) if self.actor and self.actor.user else []

    @cached_property
    def menu(self) -> list[Group]:
        """The side menu."""
        rights = self.actor.rights if self.actor else frozenset()
        return menu(rights=rights, path=self._request.path)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for the layout."""
    return {"shell": Shell(request)}
