"""The invoice editor: a document made or changed line by line, its totals reckoned while typing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import is_french, translated
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.editing import Preview, preview_draft, print_draft, save_draft
from echeance.billing.editor import (
    KEPT,
    SEPARATOR,
    Editor,
    arrange,
    code_of,
    editor_of,
    facts_of,
    fill_lines,
    new_editor,
    read_editor,
)
from echeance.billing.errors import (
    DraftChangedError,
    DraftInvalidError,
    InvoiceAlreadyIssuedError,
)
from echeance.billing.queries.editing import EditedDraft, edited_draft
from echeance.billing.queries.prices import expected_prices
from echeance.billing.types import INVOICE, Finding, PriceAsked, Severity
from echeance.core.einvoice.labels import UNITS
from echeance.core.errors import EcheanceError
from echeance.core.tabular import InvalidCellError, to_decimal
from echeance.parties import queries as parties

SUGGESTED = 12
PAGE = "billing/invoice_editor.html"
FORM = "billing/_editor_form.html"
RATES = ("20", "10", "5.5", "2.1", "8.5", "0")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the panel of totals shows."""

    preview: Preview | None
    refusal: str
    findings: list[Finding]


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new invoice by hand."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    if request.method == "GET":
        asked = request.GET.get("client", "")
        buyer = _label(actor, int(asked)) if asked.isdecimal() else ""
        return _page(request, actor, new_editor(buyer), None)
    return _posted(request, actor, read_editor(request.POST), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """A draft, line by line; a document that cites another only has its references changed."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    draft = edited_draft(actor=actor, invoice_id=invoice_id)
    if draft.invoice.number:
        raise InvoiceAlreadyIssuedError(draft.invoice.number)
    # A form of references alone changes them alone.
    short = request.method == "POST" and "buyer" not in request.POST
    if draft.facts.kind != INVOICE or short:
        from echeance.billing.views.invoice import edit as references

        return references(request, invoice_id)
    if request.method == "GET":
        editor = editor_of(draft.facts, draft.line_ids, _label(actor, draft.facts.buyer_id))
        return _page(request, actor, editor, draft)
    editor = read_editor(request.POST, draft.facts, draft.line_ids)
    return _posted(request, actor, editor, draft)


def _posted(
    request: HttpRequest, actor: Actor, editor: Editor, draft: EditedDraft | None
) -> HttpResponse:
    act = request.POST.get("do", "save")
    _fill(actor, editor)
    if act != "save":
        arrange(editor, act)
        return _page(request, actor, editor, draft, focus=act.endswith("add"))
    facts = facts_of(editor, _buyer(actor, editor))
    if facts is None:
        return _page(request, actor, editor, draft, status=422)
    try:
        row = save_draft(
            actor=actor,
            facts=facts,
            invoice_id=draft.invoice.pk if draft else None,
            seen=request.POST.get("seen", ""),
        )
    except DraftChangedError as error:
        return _page(request, actor, editor, draft, status=409, refusal=translated(error))
    except EcheanceError as error:
        return _page(request, actor, editor, draft, status=422, refusal=translated(error))
    messages.success(request, gettext("Brouillon enregistré."))
    return redirect("billing:invoice", row.pk)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Totals and findings of what is typed; writes nothing."""
    actor = http.actor_of(request)
    asked = request.POST.get("draft", "")
    draft = edited_draft(actor=actor, invoice_id=int(asked)) if asked.isdecimal() else None
    editor = read_editor(
        request.POST, draft.facts if draft else None, draft.line_ids if draft else ()
    )
    _fill(actor, editor)
    totals = _totals(actor, editor)
    context = {"totals": totals, "nets": _nets(editor, totals), "live": True}
    return http.page(request, "billing/_editor_totals.html", context)


@login_required
@require_POST
def typed_pdf(request: HttpRequest) -> HttpResponse:
    """The PDF of what is typed; writes nothing."""
    actor = http.actor_of(request)
    asked = request.POST.get("draft", "")
    draft = edited_draft(actor=actor, invoice_id=int(asked)) if asked.isdecimal() else None
    editor = read_editor(
        request.POST, draft.facts if draft else None, draft.line_ids if draft else ()
    )
    _fill(actor, editor)
    facts = facts_of(editor, _buyer(actor, editor))
    if facts is None:
        raise DraftInvalidError(_incomplete(editor).rstrip("."))
    return _inline(print_draft(actor=actor, facts=facts))


@login_required
@require_GET
def draft_pdf(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The PDF a draft would give; htmx gets the pane that shows it beside the form."""
    actor = http.actor_of(request)
    draft = edited_draft(actor=actor, invoice_id=invoice_id)
    if draft.invoice.number:
        raise InvoiceAlreadyIssuedError(draft.invoice.number)
    if http.wants_fragment(request):
        return http.page(request, "billing/_editor_pane.html", {"draft": draft.invoice})
    return _inline(print_draft(actor=actor, facts=draft.facts))


def _inline(content: bytes) -> HttpResponse:
    response = http.download(content, "brouillon.pdf")
    response.headers["Content-Disposition"] = 'inline; filename="brouillon.pdf"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@login_required
@require_GET
def buyers(request: HttpRequest) -> HttpResponse:
    """Customers that match what is typed, for the list of suggestions. One query."""
    actor = http.actor_of(request)
    text = code_of(request.GET.get("buyer", ""))[:100]
    found = parties.parties(actor=actor, text=text, customers=True)[:SUGGESTED]
    options = [(f"{row.code}{SEPARATOR}{row.name}", row.city) for row in found]
    return http.page(request, "billing/_editor_options.html", {"options": options})


@login_required
@require_GET
def articles(request: HttpRequest) -> HttpResponse:
    """Articles that match what is typed, for the list of suggestions. One query."""
    actor = http.actor_of(request)
    text = code_of(request.GET.get("item", ""))[:60]
    found = queries.items(actor=actor).filter(closed_at=None)
    by_code = found.filter(code__istartswith=text) | found.filter(name__icontains=text)
    options = [(f"{row.code}{SEPARATOR}{row.name}", "") for row in by_code[:SUGGESTED]]
    return http.page(request, "billing/_editor_options.html", {"options": options})


# -- what the page shows --------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    actor: Actor,
    editor: Editor,
    draft: EditedDraft | None,
    *,
    status: int = 200,
    refusal: str = "",
    focus: bool = False,
) -> HttpResponse:
    totals = _totals(actor, editor)
    language = "fr" if is_french() else "en"
    # After a conflict the page carries the version of the other person: saving again is meant.
    context = {
        "editor": editor,
        "draft": draft.invoice if draft else None,
        "seen": draft.version if draft and (status == 409 or request.method == "GET")
        else request.POST.get("seen", ""),
        "refusal": refusal,
        "totals": totals,
        "nets": _nets(editor, totals),
        "rows": list(zip(editor.lines, _nets(editor, totals), strict=True)),
        "focus": focus,
        "rates": RATES,
        "kept": KEPT,
        "units": [(code, text or gettext("unité")) for code, text in UNITS[language].items()],
        "deposits": [
            one for one in (editor.base.allowances if editor.base else ()) if one.deposit_id
        ],
    }  # fmt: skip
    return http.page(request, PAGE, context, fragment=FORM, status=status)


def _totals(actor: Actor, editor: Editor) -> Totals:
    """Totals of what is typed; a copy is read, so that a page not yet saved shows no error."""
    copy = Editor(
        replace(editor.head, errors={}),
        [replace(line, errors={}) for line in editor.lines],
        [replace(one, errors={}) for one in editor.allowances],
        editor.base,
        editor.line_ids,
    )
    facts = facts_of(copy, _buyer(actor, copy))
    if facts is None:
        return Totals(None, _incomplete(copy), [])
    if not facts.lines:
        return Totals(None, gettext("Saisissez une première ligne."), [])
    try:
        found = preview_draft(actor=actor, facts=facts)
    except EcheanceError as error:
        return Totals(None, translated(error), [])
    findings = sorted(found.findings, key=lambda one: one.severity is not Severity.BLOCKING)
    return Totals(found, "", findings)


def _incomplete(editor: Editor) -> str:
    """What keeps what is typed from being reckoned."""
    wrong = [place for place, line in enumerate(editor.lines, start=1) if line.errors]
    if not wrong:
        return gettext("Les totaux attendent le client et des lignes complètes.")
    return gettext("Lignes à compléter : {lines}.").format(lines=", ".join(map(str, wrong)))


def _nets(editor: Editor, totals: Totals) -> list[Decimal | None]:
    """Net amount beside each line; none where nothing is reckoned."""
    if totals.preview is None:
        return [None] * len(editor.lines)
    made = iter(totals.preview.lines)
    return [None if line.is_blank else next(made, None) for line in editor.lines]


def _label(actor: Actor, party_id: int) -> str:
    row = parties.party_for(actor=actor, party_id=party_id)
    return f"{row.code}{SEPARATOR}{row.name}"


def _buyer(actor: Actor, editor: Editor) -> int | None:
    """The customer typed: by its code, else the only one that matches. Two queries."""
    text = editor.head["buyer"]
    code = code_of(text)
    if not code:
        return None
    found = parties.by_codes(actor=actor, codes=[code]).get(code)
    if found:
        editor.head.cells["buyer"] = f"{found.code}{SEPARATOR}{found.name}"
        return found.pk
    rows = list(parties.parties(actor=actor, text=text, customers=True)[:2])
    if len(rows) == 1:
        editor.head.cells["buyer"] = f"{rows[0].code}{SEPARATOR}{rows[0].name}"
        return rows[0].pk
    told = gettext("Plusieurs clients répondent à « {text} » : choisissez-en un.")
    editor.head.errors["buyer"] = (
        told if rows else gettext("Aucun client ne répond à « {text} ».")
    ).format(text=text[:60])
    return None


def _fill(actor: Actor, editor: Editor) -> None:
    """Fill the lines whose article is known, at the customer's price. Six queries."""
    codes = {code_of(line["item"]) for line in editor.lines} - {""}
    if not codes:
        return
    items = queries.items_by_code(actor=actor, codes=codes)
    buyer_id = _buyer(actor, Editor(replace(editor.head, errors={}), [], []))
    prices: dict[int, Decimal] = {}
    today = clock.today()
    asked = {
        place: PriceAsked(buyer_id, code_of(line["item"]), _quantity(line["quantity"]), today)
        for place, line in enumerate(editor.lines)
        if buyer_id and not line["price"] and code_of(line["item"]) in items
    }
    for place, found in zip(
        asked, expected_prices(actor=actor, lines=list(asked.values())), strict=True
    ):
        if found is not None:
            prices[place] = found.unit_price
    fill_lines(editor, items, prices)


def _quantity(text: str) -> Decimal:
    try:
        return to_decimal(text, decimal_mark="," if "," in text else ".")
    except InvalidCellError:
        return Decimal(1)
