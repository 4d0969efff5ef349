"""Why a French bank sends an operation back: the two characters of a CFONB statement in words.

Columns 41-42 of a 04 record, and the RET complement. Source: CFONB, « Liste interbancaire délais et
codes motifs de rejet, retour et autres exceptions », June 2012, for the codes and their ISO 20022
counterparts; an ISO reason stands here only where both name the same cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class RejectCode:
    """One interbank reject code.

    Attributes:
        code: Two digits.
        meaning: French words, a phrase without a capital or a full stop.
        iso_reason: ISO 20022 external reason (``return_reasons``); empty when none is evident.
    """

    code: str
    meaning: str
    iso_reason: str = ""


_TABLE: Final = (
    ("01", "endossement inexact", ""),
    ("02", "échéance hors des limites admises", ""),
    ("03", "dates incohérentes", "DT01"),
    ("04", "réclamé en partie", ""),
    ("05", "réclamé en totalité", ""),
    ("06", "effet non revenu de l'acceptation", ""),
    ("11", "annulé par la banque", ""),
    ("12", "coordonnées bancaires inutilisables", "AC01"),
    ("13", "créance que le débiteur ne reconnaît pas", ""),
    ("14", "compte clos", "AC04"),
    ("16", "destinataire inconnu", "BE01"),
    ("18", "émetteur inconnu", "BE05"),
    ("19", "créance cédée à une autre banque", ""),
    ("20", "provision insuffisante", "AM04"),
    ("31", "pas d'autorisation ou de mandat", "MD01"),
    ("32", "décision de justice", "AC06"),
    ("34", "opposition sur le compte", "AC06"),
    ("35", "titulaire décédé", "MD07"),
    ("39", "le tiré ne paie que les effets acceptés et les billets à ordre", ""),
    ("52", "code d'opération inexact", "AG02"),
    ("54", "adresse inexacte", ""),
    ("57", "fichier mal formé", "FF01"),
    ("58", "refusé par le client", "MS02"),
    ("59", "motif non communiqué", "MS03"),
    ("60", "code banque ou BIC inexact", "RC01"),
    ("61", "remis après l'heure limite", "TM01"),
    ("62", "raison réglementaire", "RR04"),
    ("63", "refusé par un service de la banque du débiteur", "SL01"),
    ("64", "opération en double", "AM05"),
    ("65", "retour demandé par l'émetteur", "FOCR"),
    ("66", "donnée du mandat inexacte", "MD02"),
    ("70", "tirage contesté", ""),
    ("71", "reçu à tort ou déjà réglé", ""),
    ("72", "code d'acceptation inexact", ""),
    ("73", "montant contesté", ""),
    ("74", "échéance contestée", ""),
    ("75", "report d'échéance demandé", ""),
    ("76", "réclamation tardive", ""),
    ("80", "contesté par le débiteur", "MD06"),
    ("88", "banque qui ne participe pas aux échanges", ""),
    ("90", "payé en partie par le tiré", ""),
    ("99", "opération non admise", "AG01"),
)

REJECT_CODES: Final = MappingProxyType({row[0]: RejectCode(*row) for row in _TABLE})
"""Known codes."""


def meaning_of(code: str) -> str:
    """French words of a code, empty when it is blank.

    >>> meaning_of("20"), meaning_of("00"), meaning_of("77")
    ('provision insuffisante', '', 'motif 77, inconnu')
    """
    bare = code.strip()
    if not bare or bare == "00":
        return ""
    known = REJECT_CODES.get(bare)
    return known.meaning if known else f"motif {bare}, inconnu"


def iso_reason_of(code: str) -> str:
    """The ISO 20022 reason of a CFONB code, the code itself when it is one already, or nothing.

    >>> iso_reason_of("20"), iso_reason_of("AM04"), iso_reason_of("70")
    ('AM04', 'AM04', '')
    """
    bare = code.strip().upper()
    if len(bare) == 4:
        return bare
    known = REJECT_CODES.get(bare)
    return known.iso_reason if known else ""
