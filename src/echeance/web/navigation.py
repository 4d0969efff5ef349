"""The menu: which pages exist for a person, by the name of their address.

A name is text, so nothing is imported from the rooms. A page that does not exist yet, or that
the person may not see, is not in the menu.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from echeance.base.rights import Right


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the menu: its address, what it is called, who may open it."""

    url_name: str
    label: str
    icon: str
    right: Right = Right.READ


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under one heading; the first section has none."""

    heading: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A page as shown: ``current`` when it, or a page below it, is open."""

    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading."""

    heading: str
    links: list[Link]


SECTIONS = (
    Section(
        "",
        (
            Page("assistant:day", "Ma journée", "sun"),
            Page("billing:invoices", "Factures", "file-invoice"),
            Page("billing:orders", "À facturer", "clipboard-list"),
            Page("billing:quotes", "Devis", "file-text"),
            Page("billing:contracts", "Contrats", "repeat"),
            Page("billing:time_entries", "Temps passés", "clock"),
            Page("billing:markets", "Chantiers", "crane"),
            Page("parties:customers", "Clients", "users"),
            Page("cash:matching", "Encaissements", "building-bank"),
            Page("cash:campaigns", "Virements et prélèvements", "arrows-exchange"),
            Page("collection:reminders", "Relances", "mail-forward"),
            Page("collection:calls", "Appels", "phone"),
            Page("collection:disputes", "Litiges", "message-report"),
        ),
    ),
    Section(
        "Recouvrement",
        (
            Page("collection:promises", "Promesses", "calendar-event"),
            Page("collection:payment_plans", "Échéanciers", "calendar-dollar"),
            Page("collection:letters", "Lettres", "mail"),
            Page("collection:statements", "Relevés de compte", "list-details"),
            Page("collection:penalties", "Pénalités de retard", "percentage"),
            Page("collection:recovery", "Contentieux", "gavel"),
            Page("collection:insolvencies", "Procédures collectives", "scale"),
            Page("collection:unpaid", "Créances douteuses", "alert-triangle"),
            Page("collection:forecast", "Prévisions", "calendar-stats"),
        ),
    ),
    Section(
        "Trésorerie",
        (
            Page("cash:cheques", "Chèques", "writing-sign"),
            Page("cash:tills", "Caisse", "cash"),
            Page("cash:payouts", "Cartes et versements", "credit-card"),
            Page("cash:assignments", "Créances cédées", "file-dollar"),
            Page("cash:nettings", "Compensations", "arrows-exchange"),
            Page("cash:dormant", "Crédits dormants", "hourglass"),
            Page("cash:reconciliation", "Rapprochement bancaire", "git-compare"),
        ),
    ),
    Section(
        "Pilotage",
        (
            Page("ledger:aged_balance", "Balance âgée", "chart-bar"),
            Page("billing:accruals", "Régularisations", "scale"),
            Page("billing:rebates", "Remises de fin d'année", "discount"),
            Page("billing:disbursements", "Débours", "receipt-tax"),
            Page("billing:payers", "Prises en charge", "users-group"),
            Page("billing:self_billing", "Autofacturation", "file-certificate"),
            Page("parties:quality", "Qualité des fiches", "list-check"),
        ),
    ),
    Section(
        "Outils",
        (
            Page("web:sheets", "Excel", "table"),
            Page("web:einvoice", "Lire une e-facture", "file-search"),
        ),
    ),
    Section(
        "Réglages",
        (
            Page("web:company", "Société", "building"),
            Page("billing:document_settings", "Documents", "palette"),
            Page("billing:price_lists", "Tarifs", "tag"),
            Page("billing:rates", "Cours des devises", "currency-dollar"),
            Page("assistant:policy", "Règles de conduite", "adjustments"),
            Page("billing:series", "Séries de numéros", "list-numbers"),
            Page("web:jobs", "Tâches de fond", "activity", Right.MANAGE_JOBS),
        ),
    ),
)


def menu(*, rights: Set[Right], path: str) -> list[Group]:
    """The menu of a person on the page at ``path``; the deepest matching page is current."""
    found = [
        (section.heading, page, url)
        for section in SECTIONS
        for page in section.pages
        if page.right in rights and (url := _address(page.url_name))
    ]
    current = max((url for _, _, url in found if _is_below(path, url)), key=len, default=None)
    groups = []
    for section in SECTIONS:
        links = [
            Link(page.label, page.icon, url, current=url == current)
            for heading, page, url in found
            if heading == section.heading
        ]
        if links:
            groups.append(Group(section.heading, links))
    return groups


def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _is_below(path: str, url: str) -> bool:
    # Every page is below "/": the home page is current only when it is open itself.
    return path == url or (url != "/" and path.startswith(url))
