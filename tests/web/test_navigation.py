"""The menu shows the pages that exist and that the person may open, and which one is open."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.urls import include, path

from echeance.base.rights import Right
from echeance.web.navigation import menu


def answer(request):
    return HttpResponse()


ROUTES = (
    path("", include(([path("", answer, name="day")], "assistant"))),
    path("factures/", include(([path("", answer, name="invoices")], "billing"))),
    path("taches/", include(([path("", answer, name="jobs")], "web"))),
)
ALL = frozenset(Right)


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = ROUTES


def labels(groups):
    return [(group.heading, [link.label for link in group.links]) for group in groups]


def test_a_page_that_does_not_exist_is_not_shown():
    groups = menu(rights=ALL, path="/")

    assert labels(groups) == [
        ("", ["Ma journée", "Factures"]),
        ("Réglages", ["Tâches de fond"]),
    ]


def test_a_page_one_may_not_open_is_not_shown():
    groups = menu(rights=frozenset({Right.READ}), path="/")

    assert labels(groups) == [("", ["Ma journée", "Factures"])]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["Ma journée"]),
        ("/factures/", ["Factures"]),
        ("/factures/12/", ["Factures"]),
        ("/ailleurs/", []),
    ],
)
def test_the_deepest_page_above_the_address_is_current(path, current):
    links = [link for group in menu(rights=ALL, path=path) for link in group.links]

    assert [link.label for link in links if link.current] == current
