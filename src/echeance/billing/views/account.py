"""What customers owe: fragments of the pages of the parties, and the statement of account."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from echeance.base import clock, http
from echeance.billing import queries
from echeance.parties import queries as parties

SHOWN_MAX = 200


@login_required
@require_GET
def account(request: HttpRequest, party_id: int) -> HttpResponse:
    """The account of a customer on a day: figures and open items. Seven queries."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    on = _day(request)
    found = queries.account(actor=actor, party_id=party.pk, on=on)
    numbers = {line.item.document_ref for line in found.lines}
    documents = queries.ids_by_number(actor=actor, numbers=numbers)
    context = {
        "party": party,
        "on": on,
        "is_past": on < clock.today(),
        "account": found,
        "lines": [(line, documents.get(line.item.document_ref)) for line in found.lines],
    }
    return http.page(request, "billing/account.html", context, fragment="billing/_account.html")


@login_required
@require_GET
def statement(request: HttpRequest, party_id: int) -> HttpResponse:
    """The statement of account of a customer on a day, as a file."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    on = _day(request)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    content = queries.statement(actor=actor, party_id=party.pk, on=on, kind=kind)
    return http.download(content, f"releve-{party.code}-{on:%Y-%m-%d}.{kind}".replace("/", "-"))


@login_required
@require_GET
def balances(request: HttpRequest) -> HttpResponse:
    """What some customers owe, for the cells of their list; a page of its own without htmx."""
    actor = http.actor_of(request)
    asked = [int(pk) for pk in request.GET.getlist("client") if pk.isdecimal()][:SHOWN_MAX]
    found = queries.accounts(actor=actor, party_ids=asked, on=clock.today())
    names = parties.snapshots(actor=actor, party_ids=asked)
    context = {
        "accounts": [(pk, names[pk].name, found[pk]) for pk in asked if pk in names],
        "due": sum(one.due for one in found.values()),
        "overdue": sum(one.overdue for one in found.values()),
    }
    return http.page(request, "billing/balances.html", context, fragment="billing/_balances.html")


def _day(request: HttpRequest) -> date:
    """The day asked for by the field ``le``; today when it is absent, unreadable or to come."""
    try:
        asked = date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        return clock.today()
    return min(asked, clock.today())
