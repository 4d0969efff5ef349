"""Errors of the bank room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class UnknownBankAccountError(EcheanceError):
    """The statement is of an account the company has not declared."""

    code = "cash.unknown_bank_account"
    kind = Kind.INVALID
    message = (
        "Le relevé est celui du compte {account}, inconnu de la société : "
        "ajoutez ce compte dans Réglages > Banque, puis importez de nouveau."
    )

    account: str


@dataclass(eq=False)
class StatementKnownError(EcheanceError):
    """The very same file was imported before."""

    code = "cash.statement_known"
    kind = Kind.CONFLICT
    message = "Le fichier {filename} a déjà été importé le {on:%d/%m/%Y} : rien n'a été changé."

    filename: str
    on: date


@dataclass(eq=False)
class StatementCurrencyError(EcheanceError):
    """The house keeps its books in euros."""

    code = "cash.statement_currency"
    kind = Kind.INVALID
    message = (
        "Le relevé est en {currency} : seuls les comptes en euros sont tenus. "
        "Importez le relevé du compte en euros."
    )

    currency: str


@dataclass(eq=False)
class AccountNotOrderableError(EcheanceError):
    """Nothing can be ordered on the account."""

    code = "cash.account_not_orderable"
    kind = Kind.REFUSED
    message = "Rien ne peut être ordonné sur le compte {name} : {reason}"

    name: str
    reason: str


@dataclass(eq=False)
class ExecutionDateError(EcheanceError):
    """A bank carries out no order in the past."""

    code = "cash.execution_date"
    kind = Kind.INVALID
    message = (
        "La date d'exécution {on:%d/%m/%Y} est trop proche ou passée : choisissez le "
        "{earliest:%d/%m/%Y} ou plus tard."
    )

    on: date
    earliest: date


@dataclass(eq=False)
class NothingToOrderError(EcheanceError):
    """No item can be put in the campaign."""

    code = "cash.nothing_to_order"
    kind = Kind.REFUSED
    message = (
        "Rien à ordonner : aucune échéance ouverte à cette date qui ne soit déjà dans une autre "
        "campagne. Choisissez une date plus lointaine."
    )


@dataclass(eq=False)
class CampaignStateError(EcheanceError):
    """The campaign is past, or not yet at, the point where that can be done."""

    code = "cash.campaign_state"
    kind = Kind.CONFLICT
    message = (
        "La campagne {reference} est « {state} » : cette action n'y est pas possible. "
        "Rechargez la page pour voir ce qui l'est."
    )

    reference: str
    state: str


@dataclass(eq=False)
class CampaignEmptyError(EcheanceError):
    """Every line is excluded."""

    code = "cash.campaign_empty"
    kind = Kind.REFUSED
    message = (
        "La campagne {reference} n'a plus aucune ligne à ordonner : reprenez une ligne ou annulez "
        "la campagne."
    )

    reference: str


@dataclass(eq=False)
class SecondApproverNeededError(EcheanceError):
    """Who proposed a campaign does not approve it, and the assistant approves none."""

    code = "cash.second_approver_needed"
    kind = Kind.FORBIDDEN
    message = (
        "La campagne {reference} a été proposée par {name} : une autre personne doit l'approuver."
    )

    reference: str
    name: str


@dataclass(eq=False)
class InstructionStaleError(EcheanceError):
    """What an instruction pays has changed since it was prepared."""

    code = "cash.instruction_stale"
    kind = Kind.CONFLICT
    message = (
        "L'ordre {end_to_end_id} ({name}) n'est plus exact : {reason} Excluez cette ligne, ou "
        "annulez la campagne et préparez-en une nouvelle."
    )

    end_to_end_id: str
    name: str
    reason: str


@dataclass(eq=False)
class InstructionFixedError(EcheanceError):
    """An excluded line that cannot be taken back as it is."""

    code = "cash.instruction_fixed"
    kind = Kind.REFUSED
    message = "L'ordre de {name} ne peut pas être repris : {reason}"

    name: str
    reason: str


@dataclass(eq=False)
class BillInvalidError(EcheanceError):
    """A bill that cannot be recorded."""

    code = "cash.bill_invalid"
    kind = Kind.INVALID
    message = "L'effet {reference} ne peut pas être enregistré : {reason}"

    reference: str
    reason: str


@dataclass(eq=False)
class BillStateError(EcheanceError):
    """The bill is past, or not yet at, the point where that can be done."""

    code = "cash.bill_state"
    kind = Kind.CONFLICT
    message = (
        "L'effet {reference} est « {state} » : cette action n'y est pas possible. "
        "Rechargez la page pour voir ce qui l'est."
    )

    reference: str
    state: str


@dataclass(eq=False)
class OrdersDifferError(EcheanceError):
    """The orders that a bank line cites are not what it moved."""

    code = "cash.orders_differ"
    kind = Kind.REFUSED
    message = (
        "La ligne n° {entry_id} est de {amount} €, les ordres remis à la banque qu'elle cite font "
        "{ordered} € dans ce sens : rapprochez-la à la main."
    )

    entry_id: int
    amount: Decimal
    ordered: Decimal


@dataclass(eq=False)
class StatusOfAnotherError(EcheanceError):
    """The status message of the bank is about a file that is not one of this company."""

    code = "cash.status_of_another"
    kind = Kind.NOT_FOUND
    message = (
        "Ce compte rendu de la banque porte sur le fichier {reference}, inconnu de la société : "
        "vérifiez que vous êtes dans la bonne société."
    )

    reference: str


@dataclass(eq=False)
class EntryAlreadyMatchedError(EcheanceError):
    """The entry is explained already."""

    code = "cash.entry_already_matched"
    kind = Kind.CONFLICT
    message = (
        "La ligne de relevé n° {entry_id} est déjà rapprochée : annulez d'abord ce rapprochement."
    )

    entry_id: int


@dataclass(eq=False)
class MatchExceedsEntryError(EcheanceError):
    """More is given out than the entry brings in."""

    code = "cash.match_exceeds_entry"
    kind = Kind.INVALID
    message = (
        "Les montants affectés ({given} €) dépassent la ligne de relevé ({amount} €) : "
        "réduisez-les de {excess} €."
    )

    given: Decimal
    amount: Decimal
    excess: Decimal


@dataclass(eq=False)
class PartyNeededError(EcheanceError):
    """Part of the money stays unapplied and nobody says whose it is."""

    code = "cash.party_needed"
    kind = Kind.INVALID
    message = "Il reste {left} € sans affectation : choisissez le client à qui ils appartiennent."

    left: Decimal


@dataclass(eq=False)
class MatchUndoneError(EcheanceError):
    """A match is undone once."""

    code = "cash.match_undone"
    kind = Kind.CONFLICT
    message = "Ce rapprochement est déjà annulé : la ligne de relevé est de nouveau à traiter."

    match_id: int


@dataclass(eq=False)
class NotAReceiptError(EcheanceError):
    """Money going out pays no customer invoice, money coming in no supplier's."""

    code = "cash.not_a_receipt"
    kind = Kind.INVALID
    message = (
        "La ligne n° {entry_id} ne peut pas régler ces documents : de l'argent reçu règle ce qui "
        "vous est dû, de l'argent versé ce que vous devez. Choisissez d'autres documents."
    )

    entry_id: int


@dataclass(eq=False)
class DifferenceBeyondPolicyError(EcheanceError):
    """No line of the policy explains the difference, and the person may not write it off."""

    code = "cash.difference_beyond_policy"
    kind = Kind.FORBIDDEN
    message = (
        "Aucune ligne de vos règles n'explique un écart de {amount} € ({what}) : laissez-le "
        "ouvert, changez la règle, ou demandez à une personne qui peut passer en perte."
    )

    what: str
    amount: Decimal


@dataclass(eq=False)
class DifferenceImpossibleError(EcheanceError):
    """A difference that has no account, or is more than its document."""

    code = "cash.difference_impossible"
    kind = Kind.INVALID
    message = (
        "L'écart de {amount} € ({what}) ne peut pas être passé : choisissez un compte de charges "
        "ou de produits, et un montant qui ne dépasse pas son document."
    )

    what: str
    amount: Decimal


@dataclass(eq=False)
class MatchReturnedError(EcheanceError):
    """A receipt that came back is undone after its return."""

    code = "cash.match_returned"
    kind = Kind.REFUSED
    message = (
        "Ce paiement est revenu impayé depuis : annulez d'abord le rapprochement de son rejet "
        "(ligne n° {entry_id})."
    )

    match_id: int
    entry_id: int


@dataclass(eq=False)
class ReturnNotFoundError(EcheanceError):
    """The receipt said to have come back does not fit."""

    code = "cash.return_not_found"
    kind = Kind.INVALID
    message = (
        "La ligne n° {entry_id} ne peut pas être le rejet de cet encaissement : {problem}. "
        "Choisissez un autre encaissement."
    )

    entry_id: int
    problem: str


@dataclass(eq=False)
class TransferMismatchError(EcheanceError):
    """Two lines that are not the two ends of one transfer."""

    code = "cash.transfer_mismatch"
    kind = Kind.INVALID
    message = (
        "Ces deux lignes ne sont pas un virement interne : il faut un débit et un crédit du même "
        "montant, sur deux comptes. Choisissez d'autres lignes."
    )

    out_entry_id: int
    in_entry_id: int


@dataclass(eq=False)
class PartyAccountError(EcheanceError):
    """Money booked on a party's account needs the party."""

    code = "cash.party_account"
    kind = Kind.INVALID
    message = (
        "Le compte {account} est celui de tiers : rapprochez la ligne d'un document ou d'un tiers, "
        "ou choisissez un autre compte."
    )

    account: str


@dataclass(eq=False)
class VatBeyondAmountError(EcheanceError):
    """VAT of a booking is a part of its amount."""

    code = "cash.vat_beyond_amount"
    kind = Kind.INVALID
    message = "La TVA ({vat} €) dépasse la ligne de {amount} € : corrigez-la."

    vat: Decimal
    amount: Decimal


@dataclass(eq=False)
class HoldDateError(EcheanceError):
    """A line is held until a day to come."""

    code = "cash.hold_date"
    kind = Kind.INVALID
    message = "Le {until:%d/%m/%Y} est passé : choisissez un jour à venir."

    until: date


@dataclass(eq=False)
class LinkRemovedError(EcheanceError):
    """A payer is forgotten once."""

    code = "cash.link_removed"
    kind = Kind.CONFLICT
    message = "Ce payeur est déjà retiré : rechargez la page."

    link_id: int


@dataclass(eq=False)
class AllocationExceedsReceiptError(EcheanceError):
    """More is given to invoices than was received or paid."""

    code = "cash.allocation_exceeds_receipt"
    kind = Kind.INVALID
    message = (
        "Les factures choisies reçoivent {given} € alors que le paiement {reference} est de "
        "{amount} € : réduisez l'affectation."
    )

    reference: str
    given: Decimal
    amount: Decimal


@dataclass(eq=False)
class ChequeKnownError(EcheanceError):
    """The same cheque (customer, number, amount) is recorded already."""

    code = "cash.cheque_known"
    kind = Kind.CONFLICT
    message = (
        "Le chèque n° {number} de {amount} € de ce client est déjà enregistré : "
        "vérifiez le numéro, ou annulez l'autre."
    )

    number: str
    amount: Decimal


@dataclass(eq=False)
class ChequeStateError(EcheanceError):
    """The cheque is not where it would have to be."""

    code = "cash.cheque_state"
    kind = Kind.CONFLICT
    message = "Le chèque n° {number} {state} : {todo}."

    number: str
    state: str
    todo: str


@dataclass(eq=False)
class DepositStateError(EcheanceError):
    """The slip is not where it would have to be."""

    code = "cash.deposit_state"
    kind = Kind.CONFLICT
    message = "La remise {number} {state} : {todo}."

    number: str
    state: str
    todo: str


@dataclass(eq=False)
class LumpAmountError(EcheanceError):
    """The bank line is not the exact amount of the lump it would bring in."""

    code = "cash.lump_amount"
    kind = Kind.INVALID
    message = (
        "La ligne de relevé est de {entry_amount} €, {reference} de {amount} € : "
        "seul un montant identique, dans le même sens et sur le même compte, se rapproche."
    )

    reference: str
    entry_amount: Decimal
    amount: Decimal


@dataclass(eq=False)
class NotATillError(EcheanceError):
    """Cash is kept in a till."""

    code = "cash.not_a_till"
    kind = Kind.INVALID
    message = "« {name} » n'est pas une caisse ouverte : choisissez une caisse."

    name: str


@dataclass(eq=False)
class TillNegativeError(EcheanceError):
    """A till never holds less than nothing."""

    code = "cash.till_negative"
    kind = Kind.REFUSED
    message = (
        "La caisse « {name} » serait à {balance} € le {on:%d/%m/%Y} : une caisse ne peut pas être "
        "négative. Enregistrez d'abord l'entrée qui manque, ou corrigez le montant."
    )

    name: str
    balance: Decimal
    on: date


@dataclass(eq=False)
class CashCeilingError(EcheanceError):
    """The law limits what a debt may be paid in cash."""

    code = "cash.cash_ceiling"
    kind = Kind.REFUSED
    message = (
        "Paiement en espèces refusé : avec {amount} € de plus, {debt} serait réglé en espèces pour "
        "{total} €, au-delà de {ceiling} € (C. mon. fin., art. L112-6 et D112-3 ; les versements "
        "d'une même dette s'additionnent). Demandez un virement, un chèque ou une carte."
    )

    debt: str
    amount: Decimal
    total: Decimal
    ceiling: Decimal


@dataclass(eq=False)
class TillMovementError(EcheanceError):
    """A movement lacks what its kind needs, or cannot be changed any more."""

    code = "cash.till_movement"
    kind = Kind.INVALID
    message = "Mouvement de caisse « {label} » : {problem}."

    label: str
    problem: str


@dataclass(eq=False)
class RemittanceDiffersError(EcheanceError):
    """An advice does not agree with the open items or with the payment."""

    code = "cash.remittance_differs"
    kind = Kind.REFUSED
    message = (
        "L'avis de règlement ne concorde pas ({count} écarts). {differences} Vérifiez, puis "
        "confirmez pour appliquer ce qui concorde."
    )

    count: int
    differences: str


@dataclass(eq=False)
class RemittanceAppliedError(EcheanceError):
    """An advice explains one receipt."""

    code = "cash.remittance_applied"
    kind = Kind.CONFLICT
    message = (
        "L'avis « {filename} » est déjà appliqué à un encaissement : annulez d'abord ce "
        "rapprochement."
    )

    filename: str


@dataclass(eq=False)
class RemittanceEmptyError(EcheanceError):
    """None of the documents of an advice is open."""

    code = "cash.remittance_empty"
    kind = Kind.INVALID
    message = (
        "Aucune pièce de l'avis « {filename} » n'est ouverte : vérifiez le client choisi et les "
        "numéros, ou répartissez le paiement à la main."
    )

    filename: str


@dataclass(eq=False)
class PayoutNotPaidError(EcheanceError):
    """The report tells of operations, of no payout to the bank."""

    code = "cash.payout_not_paid"
    kind = Kind.INVALID
    message = (
        "Le rapport {filename} ne contient aucun versement à la banque : exportez la période qui "
        "va jusqu'au versement."
    )

    filename: str


@dataclass(eq=False)
class PayoutKnownError(EcheanceError):
    """Every payout of the report was imported before."""

    code = "cash.payout_known"
    kind = Kind.CONFLICT
    message = (
        "Les versements de {filename} ({references}) sont déjà importés : rien n'a été changé."
    )

    filename: str
    references: str


@dataclass(eq=False)
class PayoutStateError(EcheanceError):
    """The payout is booked: its lines change no more."""

    code = "cash.payout_state"
    kind = Kind.CONFLICT
    message = (
        "Le versement {reference} est porté en banque : annulez ce rapprochement pour changer "
        "ses opérations."
    )

    reference: str


@dataclass(eq=False)
class NettingImpossibleError(EcheanceError):
    """Nothing may be set off, or not that."""

    code = "cash.netting_impossible"
    kind = Kind.REFUSED
    message = "Compensation impossible avec {party} : {problem}."

    party: str
    problem: str


@dataclass(eq=False)
class NettingUndoneError(EcheanceError):
    """A netting is undone once."""

    code = "cash.netting_undone"
    kind = Kind.CONFLICT
    message = "La compensation n° {netting_id} est déjà annulée : il n'y a rien à faire."

    netting_id: int


@dataclass(eq=False)
class MixedPartiesError(EcheanceError):
    """One payment is given to documents of several parties."""

    code = "cash.mixed_parties"
    kind = Kind.INVALID
    message = (
        "La facture {number} est d'un autre tiers que les précédentes : enregistrez un paiement "
        "par tiers."
    )

    number: str


@dataclass(eq=False)
class AssignmentError(EcheanceError):
    """These receivables cannot be assigned, or no longer changed."""

    code = "cash.assignment"
    kind = Kind.REFUSED
    message = "Cession {reference} : {problem}."

    reference: str
    problem: str


@dataclass(eq=False)
class AccountClosedError(EcheanceError):
    """A closed account takes no file."""

    code = "cash.account_closed"
    kind = Kind.CONFLICT
    message = "Le compte « {account} » est clos : ses relevés ne sont plus pris."

    account: str


@dataclass(eq=False)
class StatementDoesNotFollowError(EcheanceError):
    """A statement that only tells its closing balance does not lead from the one before."""

    code = "cash.statement_does_not_follow"
    kind = Kind.INVALID
    message = (
        "Le relevé ne suit pas le précédent du compte « {account} » : il part de {opening} € alors "
        "que le compte était à {closing} € le {on:%d/%m/%Y}. Rien n'est importé : demandez à la "
        "banque un fichier complet."
    )

    account: str
    on: date
    closing: Decimal
    opening: Decimal


@dataclass(eq=False)
class HeldFileResolvedError(EcheanceError):
    """Something was done already about a file of the quarantine."""

    code = "cash.held_file_resolved"
    kind = Kind.CONFLICT
    message = "Le fichier {filename} n'est plus en attente : la suite à lui donner a déjà été dite."

    filename: str


@dataclass(eq=False)
class ReopenedPaidError(EcheanceError):
    """What a return reopened was paid since: that payment is undone before the return."""

    code = "cash.reopened_paid"
    kind = Kind.REFUSED
    message = (
        "Une échéance rouverte par ce rejet a été réglée depuis ({document_ref}) : annulez d'abord "
        "ce règlement."
    )

    document_ref: str
