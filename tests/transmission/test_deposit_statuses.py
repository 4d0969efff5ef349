"""A status of the company's own leaves as one CDAR message that the official rules accept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from echeance.archive import queries as archive
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.lifecycle import STATUSES, Amount, Reason, Role, allowed_reasons, cdar
from echeance.transmission import commands
from echeance.transmission.commands import telling
from echeance.transmission.models import Flow
from echeance.transmission.types import CompanyRole, NewStatus

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
OURS = sorted(
    code
    for code, status in STATUSES.items()
    if {Role.SELLER, Role.BUYER} & set(status.issuers) and code != 209
)
"""209 answers a suspension: it has a story of its own."""


def given(code: int, *, ref: str = "FA1", **facts) -> NewStatus:
    """A status of the company, as the seller or the buyer that may give it."""
    issuer = next(one for one in STATUSES[code].issuers if one in {Role.SELLER, Role.BUYER})
    if STATUSES[code].needs_reason:
        facts.setdefault("reasons", (Reason(min(allowed_reasons(code)), "voir pièce"),))
    if code == 212:
        facts.setdefault("amounts", (Amount("MEN", Decimal("12.00"), Decimal(20), AT),))
    return NewStatus(
        document_ref=ref,
        code=code,
        issuer=issuer,
        status_at=AT,
        source=f"{ref}-{code}",
        company_role=CompanyRole(issuer.value),
        document_type="380",
        document_date=date(2026, 11, 2),
        counterparty_siren="404833048",
        **facts,
    )


@pytest.fixture(scope="module")
def validator():
    with OfficialValidator(workers=1) as pool:
        yield pool


def content_of(actor, flow: Flow) -> bytes:
    return archive.content(actor=actor, file_id=flow.file_id)


def test_every_status_the_company_gives_leaves_as_a_valid_message(actor, validator):
    statuses = [given(code, ref=f"FA{code}") for code in OURS]
    commands.queue_statuses(actor=actor, statuses=statuses)

    flows = telling.deposit_statuses(actor=actor)

    assert [flow.document_ref for flow in flows] == [f"FA{code}" for code in OURS]
    assert {flow.syntax for flow in flows} == {"CDAR"}
    for flow in flows:
        verdict = validator.validate(content_of(actor, flow), flow.name)
        assert (flow.document_ref, verdict.findings) == (flow.document_ref, ())


def test_a_status_leaves_once_with_all_it_says(actor):
    [kept] = commands.queue_statuses(actor=actor, statuses=[given(212)])

    [flow] = telling.deposit_statuses(actor=actor)

    assert telling.deposit_statuses(actor=actor) == []
    message = cdar.read_cdar(content_of(actor, flow))
    [(document, event)] = cdar.events_of(message)
    assert event == kept.event
    assert (document.number, document.seller.identifier) == ("FA1", "552100554")
    assert message.recipients == (cdar.Party("BY", "404833048", "0002", "", "404833048", "0225"),)
    assert message.unknown == ()


def test_what_the_company_was_told_is_not_told_again(actor):
    commands.record_statuses(actor=actor, statuses=[given(205)])

    assert telling.deposit_statuses(actor=actor) == []


def test_a_purchase_is_told_to_its_seller(actor):
    commands.queue_statuses(
        actor=actor, statuses=[given(205, counterparty_address="0225:404833048_0042")]
    )

    [flow] = telling.deposit_statuses(actor=actor)

    message = cdar.read_cdar(content_of(actor, flow))
    [(document, event)] = cdar.events_of(message)
    assert (event.role, document.seller.identifier) == (Role.BUYER, "404833048")
    assert message.recipients[0].address == "404833048_0042"


def test_a_run_that_is_killed_prepares_all_again(actor, monkeypatch):
    commands.queue_statuses(actor=actor, statuses=[given(212)])
    with monkeypatch.context() as patch:
        patch.setattr(telling, "queue_deposits", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            telling.deposit_statuses(actor=actor)

    assert len(telling.deposit_statuses(actor=actor)) == 1
    assert Flow.objects.count() == 1
