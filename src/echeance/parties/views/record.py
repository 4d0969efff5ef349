"""Web faces of the parties: customers, and the account of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import amount, terms
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.parties import commands, queries
from echeance.parties.forms import LANGUAGE_LABELS, BankAccountForm, ContactForm, PartyForm, refused
from echeance.parties.models import Contact, Party
from echeance.parties.rules import LABELS
from echeance.parties.types import BankAccountFacts, ContactFacts, FieldChange
from echeance.parties.views.prefill import asked_number, prefilled

PAGE_SIZE = 50
HISTORY_SHOWN = 40
CHECKS_SHOWN = 6


@login_required
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """Customers by name; what each owes is filled in by the rooms above. Six queries."""
    actor = http.actor_of(request)
    text = request.GET.get("q", "").strip()[:100]
    closed = request.GET.get("clos") == "oui"
    rows = queries.parties(actor=actor, customers=True, text=text, closed=closed)
    page = page_of(
        rows,
        sort=Sort("name", str),
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "rows": [(row, terms(row.payment_terms)) for row in page.rows],
        "text": text,
        "closed": closed,
        "count": rows.count(),
        "query": urlencode({"q": text} if text else {}) + ("&clos=oui" if closed else ""),
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(request, "parties/customers.html", context, fragment="parties/_customers.html")


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Customers as a file that the import reads back."""
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    content = queries.export_parties(actor=http.actor_of(request), kind=kind)
    return http.download(content, f"clients-{clock.today():%Y-%m-%d}.{kind}")


@login_required
@require_GET
def customer(request: HttpRequest, party_id: int) -> HttpResponse:
    """All that is known of a customer; its figures are panels of the rooms above.

    Fifteen queries at most, whatever hangs on it.
    """
    actor = http.actor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    if row.pk != party_id:
        return redirect("parties:customer", row.pk)
    parent, subsidiaries = queries.group_tree(actor=actor, party_id=row.pk)
    people = list(queries.contacts_of(actor=actor, party_id=row.pk))
    public = row.category == Party.Category.PUBLIC
    context = {
        "party": row,
        "parent": parent,
        "subsidiaries": subsidiaries,
        "establishments": queries.establishments_of(actor=actor, party_id=row.pk),
        "public": public,
        "services": queries.services_of(actor=actor, party_id=row.pk) if public else [],
        "mandates": [
            (mandate, queries.in_force(mandate, on=clock.today()))
            for mandate in queries.mandates_of(actor=actor, party_id=row.pk)
        ],
        "checks": queries.registry_checks(actor=actor, party_id=row.pk)[:CHECKS_SHOWN],
        "proposed": [
            (change, gettext(_FIELD_LABELS.get(change.field, change.field)))
            for change in queries.proposed_changes(actor=actor, party=row)
        ],
        "may_grant": Right.GRANT_CREDIT in actor.rights,
        "terms": terms(row.payment_terms),
        "contacts": people,
        "recipients": [
            (gettext(str(Contact.PurposeLabel(purpose).label)), found)
            for purpose, found in queries.recipients(people).items()
        ],
        "addresses": queries.addresses_of(actor=actor, party_id=row.pk),
        "accounts": queries.bank_accounts_of(actor=actor, party_id=row.pk),
        "history": told(queries.field_history(actor=actor, party_id=row.pk))[:HISTORY_SHOWN],
        "may_edit": Right.EDIT_PARTIES in actor.rights,
        "may_confirm": Right.EDIT_BANK_DETAILS in actor.rights,
    }
    return http.page(request, "parties/customer.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the history: when, who, what became of each value."""

    at: datetime
    by: str
    title: str
    icon: str
    texts: list[str]


def told(changes: Iterable[FieldChange]) -> list[Told]:
    """Changes of values in sentences, those of one event together; latest first."""
    found = []
    for (at, by, action), group in groupby(changes, lambda one: (one.at, one.by, one.action)):
        title, icon = _EVENTS.get(action, (action, "point"))
        title = gettext(title)
        # What it was created with is on the page itself, as it stands now.
        texts = [] if action == "parties.party_created" else [_sentence(one) for one in group]
        found.append(Told(at, by, title, icon, texts))
    return found


def _sentence(change: FieldChange) -> str:
    """``Courriel : « a@b.fr » devient « c@d.fr »``; a contact's fields come without its number."""
    name = change.field.rpartition(" : ")[2]
    facts = {
        "field": label_of(name),
        "old": _value(name, change.old),
        "new": _value(name, change.new),
    }
    if not change.old:
        return gettext("{field} : {new}").format(**facts)
    if not change.new:
        return gettext("{field} : « {old} » retiré").format(**facts)
    return gettext("{field} : « {old} » devient « {new} »").format(**facts)


def label_of(name: str) -> str:
    """The French or English name of a field of the history, as a title."""
    label = gettext(_FIELD_LABELS.get(name, name))
    return label[:1].upper() + label[1:]


def _value(name: str, value: str) -> str:
    """A value as the forms show it."""
    if name == "payment_terms" and value:
        return terms(value)
    if name == "credit_limit" and value:
        return amount(Decimal(value))
    label = _VALUES.get(name, _VALUE_LABELS).get(value)
    return gettext(label) if label else value


_EVENTS = {
    "parties.party_created": (gettext_noop("Client créé"), "user-plus"),
    "parties.party_changed": (gettext_noop("Fiche modifiée"), "pencil"),
    "parties.party_merged": (gettext_noop("Fusion de deux fiches"), "arrow-merge"),
    "parties.merge_undone": (gettext_noop("Fusion annulée"), "arrow-back-up"),
    "parties.contact_changed": (gettext_noop("Contact"), "mail"),
    "parties.address_added": (gettext_noop("Adresse ajoutée"), "map-pin"),
    "parties.bank_account_changed": (gettext_noop("Compte bancaire"), "building-bank"),
    "parties.establishment_changed": (gettext_noop("Établissement"), "building-store"),
    "parties.service_changed": (gettext_noop("Service destinataire"), "building"),
    "parties.group_changed": (gettext_noop("Groupe"), "sitemap"),
    "parties.credit_changed": (gettext_noop("Encours autorisé"), "coin-euro"),
    "parties.mandate_changed": (gettext_noop("Mandat de prélèvement"), "signature"),
    "archive.file_attached": (gettext_noop("Pièce jointe"), "paperclip"),
    "archive.file_detached": (gettext_noop("Pièce retirée"), "paperclip"),
}
_OTHER_LABELS = {
    "purpose": "objet",
    "email": "courriel",
    "phone": "téléphone",
    "is_active": "en service",
    "bounced_at": "courriel revenu le",
    "iban": "IBAN",
    "confirmed_by": "confirmé par",
    "closed_at": "clos le",
    "merged_into": "fusionné dans",
    "merged_from": "reprend",
    "parent": "dépend de",
    "is_head_office": "siège",
    "service": "service",
    "credit_limit": "encours autorisé",
    "on_hold_reason": "bloqué",
    "release_reason": "débloqué",
    "mandate": "mandat",
    "last_used_on": "dernier prélèvement le",
    "revoked_reason": "révoqué",
    "piece": "pièce",
}
_FIELD_LABELS = LABELS | _OTHER_LABELS
_VALUE_LABELS = {"True": "oui", "False": "non"}
_VALUES: dict[str, dict[str, str]] = {
    "category": {str(value): str(label) for value, label in Party.Category.choices},
    "purpose": {str(value): str(label) for value, label in Contact.PurposeLabel.choices},
    "language": dict(LANGUAGE_LABELS),
}


# -- forms ----------------------------------------------------------------------------------------


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    save: Callable[[], Party],
    title: str,
    done: str,
    fields: str = "",
    party: Party | None = None,
    submit: str = "",
    above: str = "",
) -> HttpResponse:
    """Show a form, or save it; what the command refuses comes back beside its fields."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except EcheanceError as error:
            refused(form, error)
        else:
            messages.success(request, done)
            return redirect("parties:customer", saved.pk)
    back = reverse("parties:customer", args=[party.pk]) if party else reverse("parties:customers")
    context = {
        "form": form,
        "title": title,
        "party": party,
        "fields": fields,
        "back": back,
        "submit": submit or gettext("Enregistrer"),
        "above": above,
        "number": request.GET.get("numero", "")[:40],
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "parties/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def customer_new(request: HttpRequest) -> HttpResponse:
    """A new customer; from the register when its number is typed first."""
    actor = editor_of(request)
    number = asked_number(request)
    initial = prefilled(request, actor, number) if number else None
    form = PartyForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        save=lambda: commands.create_parties(actor=actor, parties=[form.facts()])[0],
        title=gettext("Nouveau client"),
        done=gettext("Client créé : ajoutez-lui un contact de facturation."),
        fields="parties/_party_fields.html",
        above="parties/_prefill.html",
    )


@login_required
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, party_id: int) -> HttpResponse:
    """Identity and terms of a customer; issued documents keep the values they had."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = PartyForm(request.POST or None, initial=PartyForm.values_of(row))
    return form_page(
        request,
        form,
        # Only what was typed: what was deduced from it follows by itself.
        save=lambda: commands.change_party(
            actor=actor,
            party_id=row.pk,
            changes={name: form.cleaned_data[name] for name in form.changed_data},
        ),
        title=gettext("Modifier {name}").format(name=row.name),
        done=gettext("Client enregistré ; les documents déjà émis ne changent pas."),
        fields="parties/_party_fields.html",
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Somebody more to write to."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = ContactForm(request.POST or None)

    def save() -> Party:
        facts = dict(form.cleaned_data)
        purposes = dict.fromkeys([facts.pop("purpose"), *facts.pop("also")])
        commands.add_contacts(
            actor=actor,
            contacts=[ContactFacts(row.pk, purpose=one, **facts) for one in purposes],
        )
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Nouveau contact"),
        done=gettext("Contact ajouté."),
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, party_id: int, contact_id: int) -> HttpResponse:
    """Correct a contact; an address given again is written to again."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    contact = queries.contact_for(actor=actor, party_id=row.pk, contact_id=contact_id)
    present = {name: getattr(contact, name) for name in ContactForm.base_fields if name != "also"}
    form = ContactForm(request.POST or None, initial=present, known=True)

    def save() -> Party:
        changes = {
            name: value
            for name, value in form.cleaned_data.items()
            if value != present[name] or (name == "email" and contact.bounced_at)
        }
        commands.change_contact(actor=actor, contact_id=contact.pk, changes=changes)
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Modifier le contact {name}").format(name=contact),
        done=gettext("Contact enregistré."),
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """An account the customer pays from: it recognises its payments, nothing is paid to it."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = BankAccountForm(request.POST or None)

    def save() -> Party:
        facts = BankAccountFacts(row.pk, **form.cleaned_data)
        commands.add_bank_accounts(actor=actor, accounts=[facts])
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Nouveau compte bancaire"),
        done=gettext("Compte ajouté : il sert à reconnaître les virements de ce client."),
        party=row,
    )


def editor_of(request: HttpRequest) -> Actor:
    """Who asks, when they may correct a party.

    Raises:
        RightMissingError: They may not.
    """
    actor = http.actor_of(request)
    actor.require(Right.EDIT_PARTIES)
    return actor


@login_required
@require_POST
def contact_end(request: HttpRequest, party_id: int, contact_id: int) -> HttpResponse:
    """Stop writing to a contact."""
    actor = http.actor_of(request)
    queries.contact_for(actor=actor, party_id=party_id, contact_id=contact_id)
    commands.change_contact(actor=actor, contact_id=contact_id, changes={"is_active": False})
    messages.success(request, gettext("Ce contact ne reçoit plus rien."))
    return redirect("parties:customer", party_id)


@login_required
@require_POST
def account_confirm(request: HttpRequest, party_id: int, account_id: int) -> HttpResponse:
    """Confirm, having called the customer, that an account is its own."""
    commands.confirm_bank_account(actor=http.actor_of(request), account_id=account_id)
    messages.success(request, gettext("Compte confirmé par vous."))
    return redirect("parties:customer", party_id)


@login_required
@require_POST
def account_end(request: HttpRequest, party_id: int, account_id: int) -> HttpResponse:
    """Stop using an account."""
    commands.end_bank_account(actor=http.actor_of(request), account_id=account_id)
    messages.success(request, gettext("Ce compte ne reconnaît plus de virement."))
    return redirect("parties:customer", party_id)
