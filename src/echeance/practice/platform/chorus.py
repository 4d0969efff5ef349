"""The Chorus Pro of practice: deposits, reports, invoices, public structures."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from echeance.practice.platform.judging import judge
from echeance.transmission.platform.chorus import FILENAME_MAX, SYNTAXES

DONE: Final = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
STRUCTURES: Final = (
    {
        "idStructureCPP": 26073617,
        "identifiantStructure": "21340004700017",
        "designationStructure": "Mairie de Valbonne-le-Haut",
        "codeServiceObligatoire": True,
        "numeroEJObligatoire": False,
    },
)


class ChorusDesk:
    """What Chorus Pro knows, in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._reports: dict[str, dict[str, Any]] = {}
        self._invoices: dict[int, dict[str, Any]] = {}
        self.deposited: Counter[str] = Counter()

    def deposit(self, content: bytes, filename: str, syntax: str) -> dict[str, Any]:
        """Take a file, and judge it at once; the report says what was found."""
        if not 1 <= len(filename) <= FILENAME_MAX:
            return {"codeRetour": 20000, "libelle": "Le nom du fichier va de 1 à 50 caractères."}
        if syntax not in SYNTAXES.values():
            return {"codeRetour": 20001, "libelle": f"Syntaxe inconnue : {syntax[:60]}."}
        judged = judge(content, filename, "")
        with self._lock:
            self.deposited[hashlib.sha256(content).hexdigest()] += 1
            number = f"CPP{len(self._reports) + 1:010d}"
            self._reports[number] = {
                "etatCourantDepotFlux": "IN_REJETE" if judged.reasons else "IN_INTEGRE",
                "listeErreurs": [
                    {"codeErreur": code, "libelleErreurDP": words} for code, words in judged.reasons
                ],
            }
            if judged.document and not judged.reasons:
                invoice_id = len(self._invoices) + 1
                self._invoices[invoice_id] = {
                    "idFacture": invoice_id,
                    "numeroFacture": judged.document.number,
                    "statut": "DEPOSEE",
                    "identifiantDestinataire": judged.document.buyer_siren,
                }
        return {**DONE, "numeroFluxDepot": number, "syntaxeFlux": syntax}

    def report(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The report of a deposit."""
        report = self._reports.get(str(asked.get("numeroFluxDepot")))
        if report is None:
            return {"codeRetour": 20101, "libelle": "Ce numéro de flux n'existe pas."}
        return {**DONE, **report}

    def invoices(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Invoices, all or of a number."""
        number = asked.get("numeroFacture")
        rows = [row for row in self._invoices.values() if number in (None, row["numeroFacture"])]
        return {**DONE, "listeFactures": rows}

    def invoice(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One invoice."""
        row = self._invoices.get(asked.get("idFacture", 0))
        if row is None:
            return {"codeRetour": 20102, "libelle": "Cette facture n'existe pas."}
        return {**DONE, "facture": row}

    def structures(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Public structures of a SIRET."""
        siret = asked.get("structure", {}).get("identifiantStructure")
        rows = [row for row in STRUCTURES if row["identifiantStructure"] == siret]
        return {**DONE, "listeStructures": rows}

    def move(self, invoice_id: int, status: str, reason: str = "") -> None:
        """Give an invoice another status, as its buyer would."""
        with self._lock:
            self._invoices[invoice_id] |= {"statut": status, "motif": reason}
