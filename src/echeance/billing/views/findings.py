"""Findings of the preflight on pages: in the person's language, with where to put them right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from echeance.base import http
from echeance.base.language import amount, counted, day, is_french
from echeance.billing import commands
from echeance.billing.findings import FIX_LABELS
from echeance.billing.types import Finding, Fix, Severity

_ORDER = list(Severity)
_TONES = {
    Severity.BLOCKING: "bad",
    Severity.CONFIRMABLE: "warn",
    Severity.WARNING: "info",
    Severity.CONFIRMED: "good",
}
TITLES = {
    Severity.BLOCKING: "Empêche l'émission",
    Severity.CONFIRMABLE: "À confirmer",
    Severity.WARNING: "À vérifier",
    Severity.CONFIRMED: "Confirmé",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as its page shows it; ``key`` names it in the form that confirms."""

    finding: Finding
    title: str
    tone: str
    sentence: str
    place: str
    url: str
    link: str

    @property
    def heading(self) -> str:
        """What it means for the document, and where."""
        return f"{self.title} · {self.place}" if self.place else self.title

    @property
    def key(self) -> str:
        """Rule and place, for a checkbox."""
        return f"{self.finding.code}|{self.finding.place}"

    @property
    def is_asked(self) -> bool:
        """Whether a person may say yes."""
        return self.finding.severity is Severity.CONFIRMABLE

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody did."""
        return self.finding.severity is Severity.CONFIRMED


def sentence(finding: Finding) -> str:
    """What a finding says, in the language of the moment."""
    if is_french():
        return finding.message
    if finding.template:
        currency = str(finding.facts.get("currency", "EUR"))
        facts = {name: _said(value, currency) for name, value in finding.facts.items()}
        return gettext(finding.template).format(**facts)
    return finding.english or finding.message


def _said(value: object, currency: str) -> object:
    if isinstance(value, Decimal):
        return amount(value, currency)
    if isinstance(value, date):
        return day(value)
    return gettext(value) if isinstance(value, str) and value else value


def shown(findings: Iterable[Finding], *, buyer_id: int, invoice_id: int | None) -> list[Shown]:
    """Findings for a page, what stops first. No query."""
    return [
        Shown(
            one,
            gettext(TITLES[one.severity]),
            _TONES[one.severity],
            sentence(one),
            _place(one.place),
            _url(one.fix, buyer_id, invoice_id),
            gettext(FIX_LABELS[one.fix]) if one.fix else "",
        )
        for one in sorted(findings, key=lambda found: _ORDER.index(found.severity))
    ]


def _place(place: str) -> str:
    if place.startswith("ligne ") and not is_french():
        return gettext("ligne {number}").format(number=place.removeprefix("ligne "))
    return place


def _url(fix: str, buyer_id: int, invoice_id: int | None) -> str:
    match fix:
        case Fix.PARTY:
            return reverse("parties:customer", args=[buyer_id])
        case Fix.DRAFT:
            return reverse("billing:invoice_edit", args=[invoice_id]) if invoice_id else ""
        case Fix.BANK:
            return reverse("cash:bank_accounts")
        case Fix.COMPANY:
            return reverse("web:company")
        case _:
            return ""


@login_required
@require_POST
def confirm(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Say yes to the findings ticked on the page of a draft, and why."""
    chosen = []
    for key in request.POST.getlist("finding"):
        code, _, place = key.partition("|")
        chosen.append((code, place))
    kept = commands.confirm_findings(
        actor=http.actor_of(request),
        invoice_id=invoice_id,
        codes=chosen,
        reason=request.POST.get("reason", ""),
    )
    told = counted(
        "Un point est confirmé, avec votre nom et la raison.",
        "{number} points sont confirmés, avec votre nom et la raison.",
        len(kept),
    )
    messages.success(request, told)
    return redirect("billing:invoice", invoice_id)
