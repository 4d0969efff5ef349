"""Any invoice the table can carry, and what each syntax asks of it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import get_args, get_type_hints

from hypothesis import strategies as st

from echeance.core.einvoice.fields import ABSENT, BY_NAME, Kind
from echeance.core.einvoice.model import Invoice, PaymentMeans
from echeance.core.einvoice.ubl import CREDIT_NOTE, binding_for

words = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
values = {
    Kind.TEXT: words,
    Kind.DATE: st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    Kind.BINARY: st.binary(min_size=1, max_size=50),
}
numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=6)

# An attribute of the XML needs its element: no unit without quantity, no type without file.
_NEEDS = (
    ("base_quantity", ["base_unit_code"]),
    ("content", ["mime_code", "filename"]),
    ("quantity", ["unit_code"]),
)


def of_group(cls, prefix="", *, column="cii", texts=None):
    """Any value of a group the table can carry: its mandatory terms, and any of the others."""
    hints = get_type_hints(cls)
    mandatory, optional = {}, {}
    for field in fields(cls):
        name = f"{prefix}{field.name}"
        term = BY_NAME.get(name)
        if term is None or getattr(term, column) == ABSENT:
            continue
        if term.kind is Kind.GROUP:
            inner = next(
                arg for arg in get_args(hints[field.name]) if arg not in {type(None), Ellipsis}
            )
            value = of_group(inner, f"{name}.", column=column, texts=texts)
        else:
            value = (texts or {}).get(name, values.get(term.kind, numbers))
        if term.repeated:
            value = st.lists(value, min_size=1, max_size=2).map(tuple)
        (mandatory if term.mandatory else optional)[field.name] = value
    if not mandatory:
        first = next(iter(optional))
        mandatory[first] = optional.pop(first)
    return st.fixed_dictionaries(mandatory, optional=optional).map(
        lambda facts: consistent(cls, facts)
    )


def consistent(cls, facts):
    for element, attributes in _NEEDS:
        if element not in facts:
            for attribute in attributes:
                facts.pop(attribute, None)
    if facts.get("accounting_currency") == facts.get("currency"):
        facts.pop("accounting_currency", None)
    value = cls(**facts)
    if cls is Invoice and not value.accounting_currency:
        return replace(
            value,
            totals=replace(value.totals, vat_total_accounting=None),
            lines=tuple(replace(line, vat_total_accounting=None) for line in value.lines),
        )
    return value


cii_invoices = of_group(Invoice)

# What UBL can say: the codes of its lists, an account that is an IBAN or is none, and so on.
_UBL_TEXTS = {
    "type_code": st.sampled_from(["380", "381", "384", "386", "389", "261", "262", "396", "503"]),
    "tax_point_code": st.sampled_from(["5", "29", "72"]),
    "notes.subject_code": st.sampled_from(["PMT", "PMD", "AAB", "REG", "BAR"]),
    "notes.text": words.filter(lambda text: not text.startswith("#")),
    "payment_means.iban": st.sampled_from(["FR7630006000011234567890189", "BE68539007547034"]),
    "order_reference": words.filter(lambda text: text != "NA"),
}


def _ubl(invoice):
    invoice = replace(
        invoice,
        lines=tuple(
            replace(
                line,
                parent_id=line.parent_id if line.subtype else "",
                preceding_invoices=tuple(
                    one for one in line.preceding_invoices if one.number != invoice.number
                ),
                **{
                    name: with_schemes(getattr(line, name))
                    for name in ("seller", "delivery")
                    if getattr(line, name)
                },
            )
            for line in invoice.lines
        ),
        **{
            name: with_schemes(getattr(invoice, name))
            for name in (
                "seller",
                "buyer",
                "payee",
                "buyer_agent",
                "sales_agent",
                "invoicee",
                "invoicer",
                "delivery",
            )
            if getattr(invoice, name)
        },
    )
    shared = (
        invoice.remittance_information
        or invoice.mandate_id
        or invoice.payer
        or (binding_for(invoice.type_code) is CREDIT_NOTE and invoice.due_date)
    )
    if shared and not invoice.payment_means:
        invoice = replace(invoice, payment_means=(PaymentMeans(type_code="30"),))
    return invoice


def with_schemes(party):
    """In UBL an identifier is global by its scheme."""
    identifiers = tuple(
        replace(one, scheme=one.scheme or "0009")
        for one in party.global_identifiers
        if one.scheme != "SEPA"
    )
    return replace(party, global_identifiers=identifiers)


ubl_invoices = of_group(Invoice, column="ubl", texts=_UBL_TEXTS).map(_ubl)
