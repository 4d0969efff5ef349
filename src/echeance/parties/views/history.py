"""Web faces of everything a record has been, and of what the law says of a person's data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http, privacy
from echeance.base.language import day, instant
from echeance.base.rights import Right
from echeance.core.tabular import write_csv
from echeance.parties import commands, queries
from echeance.parties.errors import ErasureNeedsPersonError, ErasureRefusedError
from echeance.parties.forms import ErasureForm, refused
from echeance.parties.models import Party
from echeance.parties.types import FieldChange
from echeance.parties.views.record import label_of, told

PAGE_SIZE = 100
GONE_LABELS = {
    "contacts": "contacts",
    "addresses": "adresses",
    "accounts": "comptes bancaires",
    "record": "fiche entière",
    "record_address": "adresse de la fiche",
    "history": "lignes d'historique",
}
# What the rooms call their pieces (``base.privacy``), for the catalogue to know them.
PIECE_LABELS = {
    "écriture": "écriture",
    "document émis": "document émis",
    "commande": "commande",
    "courriel": "courriel",
    "pièce jointe": "pièce jointe",
}
CSV_TITLES = ("Date", "Par", "Action", "Champ", "Avant", "Après")


@login_required
@require_GET
def history(request: HttpRequest, party_id: int) -> HttpResponse:
    """Every value a record has had, who gave it and when; by field, and as a file. Six queries."""
    actor = http.actor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    changes = queries.field_history(actor=actor, party_id=row.pk)
    fields = sorted({_plain(one) for one in changes}, key=label_of)
    chosen = request.GET.get("champ", "")
    if chosen in fields:
        changes = [one for one in changes if _plain(one) == chosen]
    if request.GET.get("format") == "csv":
        return http.download(_csv(changes), f"historique-{row.code}-{clock.today()}.csv")
    start = _number(request.GET.get("page", "")) * PAGE_SIZE
    page = changes[start : start + PAGE_SIZE]
    context = {
        "party": row,
        "events": told(page),
        "count": len(changes),
        "fields": [(name, label_of(name)) for name in fields],
        "chosen": chosen if chosen in fields else "",
        "previous": start // PAGE_SIZE - 1 if start else None,
        "next": start // PAGE_SIZE + 1 if len(changes) > start + PAGE_SIZE else None,
        "may_erase": Right.ERASE_PERSONAL_DATA in actor.rights,
    }
    return http.page(request, "parties/history.html", context, fragment="parties/_history.html")


def _plain(change: FieldChange) -> str:
    """The field without what it hangs on: ``contact 12 : email`` is ``email``."""
    head, _, name = change.field.rpartition(" : ")
    return name if head else change.field.partition(" ")[0]


def _number(text: str) -> int:
    return min(int(text), 100_000) if text.isdecimal() and len(text) < 7 else 0


def _csv(changes: list[FieldChange]) -> bytes:
    rows = [(instant(one.at), one.by, one.action, one.field, one.old, one.new) for one in changes]
    return write_csv(list(CSV_TITLES), rows)


# -- personal data --------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def personal_data(request: HttpRequest, party_id: int) -> HttpResponse:
    """What may be erased of a person now, what stays until when, and the erasing itself."""
    actor = http.actor_of(request)
    actor.require(Right.ERASE_PERSONAL_DATA)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = commands.erase_personal_data(
                actor=actor, party_id=row.pk, reason=form.cleaned_data["reason"]
            )
        except (ErasureRefusedError, ErasureNeedsPersonError) as error:
            refused(form, error)
        else:
            _tell(request, report)
            return redirect("parties:personal_data", row.pk)
    ids = [party.pk for party in queries.family(actor=actor, party_ids=[row.pk])]
    context = {
        "party": row,
        "is_person": row.category == Party.Category.CONSUMER,
        "pieces": privacy.held(actor=actor, party_ids=ids),
        "owed": privacy.owed(actor=actor, party_ids=ids),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "parties/personal_data.html", context, status=status)


def _tell(request: HttpRequest, report: commands.ErasureReport) -> None:
    gone = ", ".join(f"{gettext(GONE_LABELS[kind])} ({number})" for kind, number in report.gone)
    gone = gone or gettext("rien de plus")
    messages.success(request, gettext("Effacé : {gone}.").format(gone=gone))
    if report.until:
        text = gettext("Le reste est gardé jusqu'au {until} : revenez l'effacer après ce jour.")
        messages.info(request, text.format(until=day(report.until)))


@login_required
@require_POST
def personal_data_export(request: HttpRequest, party_id: int) -> HttpResponse:
    """Everything held on a person, as a ZIP to give them."""
    actor = http.actor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    content = commands.export_personal_data(actor=actor, party_id=row.pk)
    return http.download(content, f"donnees-{row.code}-{clock.today()}.zip")
