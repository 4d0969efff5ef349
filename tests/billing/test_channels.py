"""A document leaves by its way, told with its reason; by the second one when the first fails."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from billing.conftest import issued, line
from billing.test_languages import text_of
from billing.test_seal_invoices import VALID, Judge, customer
from echeance.archive import queries as archive
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import HandoverInvalidError
from echeance.billing.models import BillingRule, InvoiceDispatch
from echeance.billing.rules.channels import Channel, ChannelFacts, choose, fall_back
from echeance.core.lifecycle import Reason, Role
from echeance.transmission import commands as transmission
from echeance.transmission.models import Flow, Message, MessageFile, PostalItem
from echeance.transmission.types import NewStatus

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
WHOLE = ChannelFacts(
    between_firms=True, routed=True, has_platform=True, has_email=True, has_address=True
)


def changed(**facts):
    values = {name: getattr(WHOLE, name) for name in ChannelFacts.__dataclass_fields__}
    return ChannelFacts(**(values | facts))


def sealed(actor, *rows):
    billing.seal_invoices(
        actor=actor, invoice_ids=[row.pk for row in rows], validator=Judge(*([VALID] * len(rows)))
    )
    for row in rows:
        row.refresh_from_db()
    return rows


def rule(actor, party, **facts):
    return BillingRule.objects.create(company=actor.company, party=party, **facts)


@pytest.mark.parametrize(
    ("facts", "channel", "why"),
    [
        (changed(), "platform", "la loi le veut entre entreprises, et le client est à l'annuaire"),
        (changed(public=True), "chorus", "c'est un acheteur public, joint par la plateforme"),
        (changed(has_platform=False), "mail", "c'est l'adresse de facturation du client"),
        (changed(routed=False), "mail", "c'est l'adresse de facturation du client"),
        (changed(between_firms=False), "mail", "c'est l'adresse de facturation du client"),
        (changed(of_customer="post"), "post", "c'est le canal choisi pour ce client"),
        (changed(of_customer="portal", portal="Grand Groupe"), "portal",
         "c'est le canal choisi pour ce client"),
        (changed(of_document="mail", of_customer="post"), "mail",
         "c'est le canal choisi pour ce document"),
        (changed(of_customer="portal"), "none", "n'a pas de portail renseigné"),
        (changed(of_customer="post", has_address=False), "none",
         "n'a pas d'adresse postale complète"),
        (changed(of_customer="platform", routed=False), "none",
         "n'a pas d'adresse dans l'annuaire des plateformes"),
        (changed(of_customer="none"), "none", "ne reçoit aucun envoi, selon son canal"),
        (changed(has_platform=False, has_email=False), "none",
         "n'a pas de contact de facturation joignable"),
    ],
)  # fmt: skip
def test_the_way_and_its_reason(facts, channel, why):
    choice = choose(facts)

    assert (choice.channel.value, choice.why) == (channel, why)


@pytest.mark.parametrize(
    ("facts", "failed", "channel", "why"),
    [
        (changed(second="mail"), {Channel.PLATFORM}, "mail", "c'est le canal de secours du client"),
        (changed(second="post"), {Channel.MAIL}, "post", "c'est le canal de secours du client"),
        (changed(), {Channel.MAIL}, "none", "n'a pas de canal de secours"),
        (changed(second="mail"), {Channel.PLATFORM, Channel.MAIL}, "none",
         "n'a pu être joint non plus par le courriel"),
        (changed(second="post", has_address=False), {Channel.MAIL}, "none",
         "n'a pas d'adresse postale complète"),
    ],
)  # fmt: skip
def test_the_second_way_is_never_one_that_failed(facts, failed, channel, why):
    choice = fall_back(facts, failed)

    assert (choice.channel.value, choice.why) == (channel, why)
    assert choice.channel not in failed


def test_a_customer_of_the_post_gets_a_letter_and_no_mail(ready, lefevre):
    rule(ready, lefevre, channel="post")
    (row,) = sealed(ready, issued(ready, lefevre))

    first = billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    again = billing.queue_invoices(actor=ready, invoice_ids=[row.pk])

    letter = PostalItem.objects.get()
    assert first.letter_ids == again.letter_ids == {row.pk: letter.pk}
    assert letter.address == ["Boulangerie Lefèvre", "3 place du Marché", "13001 MARSEILLE"]
    assert letter.file_id == row.file_id
    assert not Message.objects.exists()
    dispatch = InvoiceDispatch.objects.get()
    assert (dispatch.channel, dispatch.why) == ("post", "c'est le canal choisi pour ce client")


def test_what_is_for_the_post_is_not_deposited(ready, lefevre):
    rule(ready, lefevre, channel="post")
    (row,) = sealed(ready, issued(ready, lefevre))

    report = billing.deposit_invoices(actor=ready, invoice_ids=[row.pk])

    assert report.skipped == {
        row.pk: "elle part par le courrier : c'est le canal choisi pour ce client"
    }
    assert not Flow.objects.exists()


def test_a_public_buyer_is_deposited_for_chorus_pro(ready):
    mayor = customer(ready, "M1", category="public", siren="213105554", postcode="31000")
    rule(ready, mayor, channel="chorus")
    (row,) = sealed(ready, issued(ready, mayor, line("Banc"), buyer_reference="SERVICE-1"))

    billing.deposit_invoices(actor=ready, invoice_ids=[row.pk])

    assert Flow.objects.get().rule == "B2G"


def test_a_person_chooses_the_way_of_one_document(ready, lefevre):
    one, other = sealed(ready, issued(ready, lefevre), issued(ready, lefevre))
    billing.choose_channel(actor=ready, invoice_ids=[one.pk], channel="post")

    report = billing.queue_invoices(actor=ready, invoice_ids=[one.pk, other.pk])

    assert list(report.letter_ids) == [one.pk]
    assert list(report.message_ids) == [other.pk]


def test_mail_that_bounced_leaves_by_the_post_once(ready, lefevre):
    rule(ready, lefevre, second_channel="post")
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    Message.objects.update(status="bounced", in_flight_at=AT, finished_at=AT)

    [told] = billing.take_second_channels(actor=ready)
    nothing_more = billing.take_second_channels(actor=ready)

    assert (told.failed, told.failure, told.taken, told.why) == (
        "mail", "courriel non remis", "post", "c'est le canal de secours du client",
    )  # fmt: skip
    assert nothing_more == []
    assert PostalItem.objects.count() == 1
    assert Message.objects.count() == 1
    assert [(one.channel, one.rank, bool(one.failed_at)) for one in row.dispatches.order_by("rank")] == [
        ("mail", 1, True), ("post", 2, False),
    ]  # fmt: skip


def test_without_a_second_channel_nothing_is_taken_for_granted(ready, lefevre):
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    Message.objects.update(status="bounced", in_flight_at=AT, finished_at=AT)

    assert billing.take_second_channels(actor=ready) == []
    assert InvoiceDispatch.objects.get().failed_at is None


def told(actor, row, *codes):
    by = {210: Role.BUYER, 213: Role.SENDING_PLATFORM}
    for place, (code, reasons) in enumerate(codes):
        transmission.record_statuses(
            actor=actor,
            statuses=[
                NewStatus(
                    row.number, code, by.get(code, Role.SENDING_PLATFORM),
                    AT + timedelta(minutes=place), f"flux-{code}", reasons=reasons,
                )
            ],
        )  # fmt: skip


def test_a_deposit_astray_leaves_by_mail_and_a_rejected_one_does_not(ready, lefevre):
    rule(ready, lefevre, second_channel="mail")
    astray, rejected = sealed(ready, issued(ready, lefevre), issued(ready, lefevre))
    billing.deposit_invoices(actor=ready, invoice_ids=[astray.pk, rejected.pk])
    Flow.objects.update(state="accepted", flow_id="F", deposited_at=AT, finished_at=AT)
    told(ready, astray, (200, ()), (221, (Reason("ROUTAGE_ERR"),)))
    told(ready, rejected, (200, ()), (213, (Reason("DOUBLON"),)))

    [second] = billing.take_second_channels(actor=ready)

    assert (second.invoice_id, second.taken) == (astray.pk, "mail")
    assert second.failure == "la plateforme ne l'a pas fait parvenir (statut 221)"
    assert Message.objects.get().subject == f"invoice:{astray.pk}"


def test_a_deposit_refused_for_its_file_is_not_another_way(ready, lefevre):
    rule(ready, lefevre, second_channel="mail")
    unknown, broken = sealed(ready, issued(ready, lefevre), issued(ready, lefevre))
    billing.deposit_invoices(actor=ready, invoice_ids=[unknown.pk, broken.pk])
    Flow.objects.update(state="refused", finished_at=AT)
    Flow.objects.filter(subject=f"invoice:{unknown.pk}").update(reasons=["REJ_ADR : inconnu"])
    Flow.objects.filter(subject=f"invoice:{broken.pk}").update(reasons=["REJ_UNI : doublon"])

    [second] = billing.take_second_channels(actor=ready)

    assert (second.invoice_id, second.taken) == (unknown.pk, "mail")


def test_a_stop_between_the_failure_and_the_second_way_loses_nothing(ready, lefevre):
    rule(ready, lefevre, second_channel="post")
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    InvoiceDispatch.objects.update(failed_at=AT, failure="courriel non remis")

    billing.take_second_channels(actor=ready)

    assert PostalItem.objects.get().subject == f"invoice:{row.pk}"


def test_a_portal_waits_for_the_person_who_hands_over(ready, lefevre):
    rule(ready, lefevre, channel="portal", portal="Grand Groupe")
    (row,) = sealed(ready, issued(ready, lefevre))

    report = billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])

    assert report.portals == {row.pk: "Grand Groupe"}
    [(document, last)] = queries.portal_documents(actor=ready, portal="Grand Groupe")
    assert (document.pk, last.status) == (row.pk, "a_deposer")
    content = billing.export_for_portal(actor=ready, invoice_ids=[row.pk])
    with zipfile.ZipFile(io.BytesIO(content)) as archive_file:
        names = archive_file.namelist()
        assert names == ["factures.csv", "FA-2026-000001.pdf"]
        listing = archive_file.read("factures.csv").decode("utf-8-sig").splitlines()
        assert archive_file.read(names[1]) == archive.content(actor=ready, file_id=row.file_id)
    assert listing[1].startswith("FA-2026-000001;2026-11-24;Boulangerie Lefèvre;")
    assert ";299,80;59,96;359,76;EUR;" in listing[1]


def test_the_statuses_of_a_portal_follow_each_other(ready, lefevre):
    rule(ready, lefevre, channel="portal", portal="Grand Groupe")
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])

    with pytest.raises(HandoverInvalidError, match="« acceptée » ne peut pas suivre « à déposer »"):
        billing.record_handovers(actor=ready, invoice_ids=[row.pk], status="acceptee")
    for status, reference in (("deposee", "GG-77"), ("acceptee", ""), ("paiement_annonce", "")):
        billing.record_handovers(
            actor=ready, invoice_ids=[row.pk], status=status, reference=reference
        )

    assert [(one.status, one.reference) for one in row.handovers.order_by("pk")] == [
        ("a_deposer", ""), ("deposee", "GG-77"), ("acceptee", "GG-77"),
        ("paiement_annonce", "GG-77"),
    ]  # fmt: skip
    with pytest.raises(HandoverInvalidError, match="dans le futur"):
        billing.record_handovers(
            actor=ready, invoice_ids=[row.pk], status="refusee", on=date(2026, 11, 25)
        )


def test_a_copy_sent_again_is_marked_and_the_sealed_file_stays(ready, lefevre):
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.queue_invoices(actor=ready, invoice_ids=[row.pk])
    Message.objects.update(status="sent", in_flight_at=AT, finished_at=AT)
    before = archive.content(actor=ready, file_id=row.file_id)

    report = billing.send_duplicates(actor=ready, invoice_ids=[row.pk], channel="mail")
    billing.send_duplicates(actor=ready, invoice_ids=[row.pk], channel="post")

    message = Message.objects.get(pk=report.message_ids[row.pk])
    assert message.subject_line == "Duplicata – Facture FA-2026-000001 – Atelier Morel"
    copy = MessageFile.objects.get(message=message).file
    assert copy.kind == "duplicate"
    assert "DUPLICATA" in text_of(archive.content(actor=ready, file_id=copy.pk))
    assert PostalItem.objects.get().is_duplicate
    assert PostalItem.objects.get().file_id == copy.pk
    row.refresh_from_db()
    assert archive.content(actor=ready, file_id=row.file_id) == before
    assert "DUPLICATA" not in text_of(before)
