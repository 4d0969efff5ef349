"""Why a payment came back or was refused (ISO 20022 external codes), and what to do about it.

Source: ISO 20022 ExternalStatusReason1Code and ExternalReturnReason1Code; EPC016-06 (Core) and
EPC222-07 (B2B) for direct debits. The actions are usage, not law.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Action(StrEnum):
    """What the house proposes after a return; a person carries it out."""

    REPRESENT_ONCE = "represent_once"
    ASK_IBAN = "ask_iban"
    STOP_MANDATE = "stop_mandate"
    NEW_MANDATE = "new_mandate"
    OTHER_MEANS = "other_means"
    CHECK_DOUBLE = "check_double"
    FIX_CREDITOR_ID = "fix_creditor_id"
    FIX_FILE = "fix_file"
    REOPEN_DISPUTE = "reopen_dispute"
    FREEZE_DUNNING = "freeze_dunning"
    CONTACT = "contact"
    ASK_DEBTOR = "ask_debtor"


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """What a reason code means.

    Attributes:
        code: Four characters, upper case; as told by the bank when it is not known.
        meaning: French words, a phrase without a capital or a full stop.
        action: What to do.
        advice: The same as a French sentence.
    """

    code: str
    meaning: str
    action: Action
    advice: str

    @property
    def ends_mandate(self) -> bool:
        """Whether nothing may be collected under the mandate any more."""
        return self.action in {Action.STOP_MANDATE, Action.NEW_MANDATE, Action.FREEZE_DUNNING}

    @property
    def represents(self) -> bool:
        """Whether the same order may be sent once more as it is."""
        return self.action is Action.REPRESENT_ONCE


_ADVICE: Final = MappingProxyType(
    {
        Action.REPRESENT_ONCE: "Représentez une seule fois, puis relancez.",
        Action.ASK_IBAN: "Demandez le nouvel IBAN et faites-le confirmer avant tout nouvel ordre.",
        Action.STOP_MANDATE: "Arrêtez le mandat et appelez le client.",
        Action.NEW_MANDATE: "Arrêtez le mandat et faites-en signer un nouveau.",
        Action.OTHER_MEANS: "Convenez d'un autre moyen de paiement.",
        Action.CHECK_DOUBLE: "Vérifiez que l'ordre n'est pas parti deux fois.",
        Action.FIX_CREDITOR_ID: "Corrigez l'identifiant créancier (ICS) avec votre banque.",
        Action.FIX_FILE: "Corrigez la donnée refusée et préparez un nouvel ordre.",
        Action.REOPEN_DISPUTE: "La facture est de nouveau due : demandez au client ce qu'il "
        "conteste.",
        Action.FREEZE_DUNNING: "Suspendez les relances et cherchez qui règle la succession.",
        Action.CONTACT: "Appelez le client et suspendez les prélèvements.",
        Action.ASK_DEBTOR: "Demandez la raison au client ou à la banque.",
    }
)

_TABLE: Final = (
    ("AC01", "IBAN inexact", Action.ASK_IBAN),
    ("AC02", "IBAN du débiteur inexact", Action.ASK_IBAN),
    ("AC03", "IBAN du bénéficiaire inexact", Action.ASK_IBAN),
    ("AC04", "compte clos", Action.STOP_MANDATE),
    ("AC06", "compte bloqué", Action.OTHER_MEANS),
    ("AC13", "compte d'un particulier, refusé en interentreprises", Action.OTHER_MEANS),
    ("AG01", "opération interdite sur ce compte", Action.OTHER_MEANS),
    ("AG02", "code d'opération inexact", Action.FIX_FILE),
    ("AM01", "montant nul", Action.FIX_FILE),
    ("AM02", "montant au-delà du plafond admis", Action.FIX_FILE),
    ("AM04", "provision insuffisante", Action.REPRESENT_ONCE),
    ("AM05", "ordre en double", Action.CHECK_DOUBLE),
    ("BE04", "adresse du créancier manquante", Action.FIX_FILE),
    ("BE05", "identifiant créancier inconnu", Action.FIX_CREDITOR_ID),
    ("CNOR", "banque du créancier non enregistrée", Action.ASK_DEBTOR),
    ("CURR", "devise refusée", Action.FIX_FILE),
    ("CUST", "annulé à la demande du client", Action.CONTACT),
    ("DNOR", "banque du débiteur non enregistrée", Action.OTHER_MEANS),
    ("DT01", "date d'exécution refusée", Action.FIX_FILE),
    ("DUPL", "ordre en double", Action.CHECK_DOUBLE),
    ("ED05", "règlement impossible entre banques", Action.ASK_DEBTOR),
    ("FF01", "fichier mal formé", Action.FIX_FILE),
    ("FF05", "type de prélèvement inexact", Action.FIX_FILE),
    ("FOCR", "rappelé à la demande de l'émetteur", Action.REOPEN_DISPUTE),
    ("MD01", "pas de mandat", Action.NEW_MANDATE),
    ("MD02", "mandat incomplet ou inexact", Action.NEW_MANDATE),
    ("MD06", "remboursement demandé par le débiteur", Action.REOPEN_DISPUTE),
    ("MD07", "débiteur décédé", Action.FREEZE_DUNNING),
    ("MS02", "refusé par le débiteur", Action.CONTACT),
    ("MS03", "motif non précisé par la banque", Action.ASK_DEBTOR),
    ("NOAS", "débiteur sans réponse", Action.CONTACT),
    ("RC01", "BIC inexact", Action.ASK_IBAN),
    ("RR01", "compte ou identité du débiteur manquant", Action.ASK_DEBTOR),
    ("RR02", "nom ou adresse du débiteur manquant", Action.ASK_DEBTOR),
    ("RR03", "nom ou adresse du créancier manquant", Action.ASK_DEBTOR),
    ("RR04", "raison réglementaire", Action.ASK_DEBTOR),
    ("SL01", "refusé par un service de la banque du débiteur", Action.ASK_DEBTOR),
    ("SL11", "créancier absent de la liste admise par le débiteur", Action.CONTACT),
    ("SL12", "créancier sur la liste refusée par le débiteur", Action.CONTACT),
    ("TECH", "incident technique", Action.CHECK_DOUBLE),
    ("TM01", "fichier remis après l'heure limite", Action.FIX_FILE),
)

REASONS: Final = MappingProxyType(
    {code: ReturnReason(code, meaning, action, _ADVICE[action]) for code, meaning, action in _TABLE}
)
"""Known reasons by code."""


def reason_of(code: str) -> ReturnReason:
    """What a code means; an unknown one is asked about.

    >>> reason_of("am04").meaning, reason_of("AM04").action.value
    ('provision insuffisante', 'represent_once')
    >>> reason_of("ZZ99").meaning, reason_of("").meaning
    ('motif ZZ99, inconnu', 'motif non communiqué')
    """
    bare = code.strip().upper()
    if bare in REASONS:
        return REASONS[bare]
    meaning = f"motif {bare}, inconnu" if bare else "motif non communiqué"
    return ReturnReason(bare, meaning, Action.ASK_DEBTOR, _ADVICE[Action.ASK_DEBTOR])
