"""Client of Chorus Pro, the State's platform for invoices to public buyers.

Source: external specifications of Chorus Pro, API; signing in through PISTE (OAuth 2), and beside
it the header ``cpro-account`` of the technical account.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

from echeance.transmission.platform.errors import (
    PlatformAnswerError,
    PlatformOutcomeUnknownError,
    PlatformRefusedError,
)
from echeance.transmission.platform.http import Answer, Channel
from echeance.transmission.platform.oauth import Tokens
from echeance.transmission.platform.types import (
    ChorusAccess,
    ChorusInvoice,
    ChorusReport,
    ChorusStructure,
    FlowSyntax,
    Patience,
)

SYNTAXES: Final = {
    FlowSyntax.UBL: "IN_DP_E1_UBL_INVOICE",
    FlowSyntax.CII: "IN_DP_E1_CII_16B",
    FlowSyntax.FACTUR_X: "IN_DP_E2_CII_FACTURX",
}
"""How Chorus Pro names the syntaxes it takes (« syntaxeFlux »)."""

FILENAME_MAX: Final = 50
PAGE: Final = 50


class ChorusClient:
    """Chorus Pro, spoken to over HTTP. One object a thread; close it."""

    def __init__(self, access: ChorusAccess, *, patience: Patience | None = None) -> None:
        """Prepare, without connecting.

        Raises:
            PlatformAddressError: An address is neither ``https`` nor of this machine.
        """
        patience = patience or Patience()
        account = f"{access.login}:{access.password}".encode()
        self._account = base64.b64encode(account).decode("ascii")
        self._tokens = Tokens(access.access, patience=patience)
        self._channel = Channel(
            access.access.base_url, patience=patience, credentials=self._headers
        )

    def deposit(self, content: bytes, filename: str, syntax: FlowSyntax) -> str:
        """``factures/v1/deposer/flux``: hand a file over, once; its ``numeroFluxDepot``.

        Raises:
            PlatformOutcomeUnknownError: It may have been deposited; Chorus Pro cannot be asked by
                a tracking id, so a person looks.
            PlatformRefusedError: It was not.
        """
        assert len(filename) <= FILENAME_MAX, "Chorus Pro refuses longer names"
        answer = self._channel.hand_over(
            "/factures/v1/deposer/flux",
            json={
                "fichierFlux": base64.b64encode(content).decode("ascii"),
                "nomFichier": filename,
                "syntaxeFlux": SYNTAXES[syntax],
                "avecSignature": False,
            },
        )
        try:
            document = _done(answer)
        except PlatformAnswerError as error:
            raise PlatformOutcomeUnknownError(error.host, error.reason) from error
        number = document.get("numeroFluxDepot")
        if not number:
            raise PlatformOutcomeUnknownError(answer.host, "aucun numéro de flux")
        return str(number)[:100]

    def report(self, deposit_id: str) -> ChorusReport:
        """``transverses/v1/consulterCR``: what became of a deposit."""
        document = self._read("/transverses/v1/consulterCR", {"numeroFluxDepot": deposit_id})
        return ChorusReport(
            deposit_id=deposit_id,
            state=_text(document, "etatCourantDepotFlux"),
            errors=tuple(_text(row, "libelleErreurDP") for row in _rows(document, "listeErreurs")),
        )

    def invoices(self, *, number: str = "") -> list[ChorusInvoice]:
        """``factures/v1/rechercher/fournisseur``: the supplier's invoices, all or by number."""
        asked: dict[str, object] = {"paramRecherche": {"nbResultatsParPage": PAGE}}
        if number:
            asked["numeroFacture"] = number
        document = self._read("/factures/v1/rechercher/fournisseur", asked)
        return [self._invoice(row) for row in _rows(document, "listeFactures")]

    def invoice(self, invoice_id: int) -> ChorusInvoice:
        """``factures/v1/consulter/fournisseur``: one invoice and why it stands as it does.

        Raises:
            PlatformRefusedError: Chorus Pro does not have it.
        """
        document = self._read("/factures/v1/consulter/fournisseur", {"idFacture": invoice_id})
        return self._invoice(document.get("facture") or document)

    def structures(self, siret: str) -> list[ChorusStructure]:
        """``structures/v1/rechercher``: the public buyer of a SIRET and what it asks for."""
        document = self._read(
            "/structures/v1/rechercher",
            {
                "structure": {
                    "identifiantStructure": siret,
                    "typeIdentifiantStructure": "SIRET",
                }
            },
        )
        return [
            ChorusStructure(
                structure_id=self._number(row, "idStructureCPP"),
                siret=_text(row, "identifiantStructure"),
                name=_text(row, "designationStructure"),
                service_code_required=row.get("codeServiceObligatoire") is True,
                commitment_required=row.get("numeroEJObligatoire") is True,
            )
            for row in _rows(document, "listeStructures")
        ]

    def close(self) -> None:
        """Close the connections and forget the token."""
        self._channel.close()
        self._tokens.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _headers(self, renew: bool) -> Mapping[str, str]:  # noqa: FBT001  a callback
        return {**self._tokens.headers(renew), "cpro-account": self._account}

    def _read(self, path: str, asked: Mapping[str, object]) -> dict[str, Any]:
        return _done(self._channel.ask(path, asked))

    def _invoice(self, row: Mapping[str, Any]) -> ChorusInvoice:
        return ChorusInvoice(
            invoice_id=self._number(row, "idFacture"),
            number=_text(row, "numeroFacture"),
            status=_text(row, "statut") or _text(row, "statutCourantCode"),
            recipient_siret=_text(row, "identifiantDestinataire"),
            reason=_text(row, "motif"),
        )

    def _number(self, row: Mapping[str, Any], name: str) -> int:
        value = row.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise PlatformAnswerError(self._channel.host, f"« {name} » n'est pas un nombre")
        return value


def _done(answer: Answer) -> dict[str, Any]:
    """The answer when ``codeRetour`` is 0: Chorus Pro refuses with a status 200."""
    document = answer.document()
    code = document.get("codeRetour")
    if not isinstance(code, int):
        raise PlatformAnswerError(answer.host, "codeRetour absent")
    if code:
        raise PlatformRefusedError(answer.host, code, _text(document, "libelle"))
    return document


def _rows(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = document.get(name) or []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else " ".join(str(value).split())[:300]
