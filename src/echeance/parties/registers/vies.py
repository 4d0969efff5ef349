"""Client of VIES (European Commission): whether a VAT number of the Union is valid today.

With the VAT number of who asks, the answer bears a consultation number, which proves that the
check was made. Sources: VIES REST service, technical information; CGI 262 ter I 1° and CGI ann. I
(number verified before an exemption).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from echeance.parties.registers.http import (
    SILENCE_LABELS,
    Patience,
    Register,
    SilentError,
    text_of,
)
from echeance.parties.types import RegistryAnswer

REFUSAL_LABELS = {
    "MS_UNAVAILABLE": "le service de ce pays ne répond pas",
    "TIMEOUT": "le service de ce pays n'a pas répondu à temps",
    "SERVICE_UNAVAILABLE": "il est en panne",
    "GLOBAL_MAX_CONCURRENT_REQ": "il refuse d'autres demandes pour l'instant",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME": "il refuse d'autres demandes pour l'instant",
    "MS_MAX_CONCURRENT_REQ": "le service de ce pays refuse d'autres demandes pour l'instant",
    "MS_MAX_CONCURRENT_REQ_TIME": "le service de ce pays refuse d'autres demandes pour l'instant",
    "INVALID_REQUESTER_INFO": "il refuse le numéro de TVA de votre société : corrigez-le",
    "VAT_BLOCKED": "il refuse le numéro de TVA de votre société pour l'instant",
    "IP_BLOCKED": "il refuse les demandes de cette adresse",
}


class ViesClient:
    """The register of VAT numbers, spoken to over HTTP. One object a thread; close it."""

    def __init__(
        self, base_url: str, *, requester: str = "", patience: Patience | None = None
    ) -> None:
        """Prepare, without connecting.

        Args:
            base_url: Of the REST service.
            requester: Bare VAT number of who asks; without it no consultation number is given.
            patience: How long to wait.

        Raises:
            SilentError: The address is neither ``https`` nor of this machine.
        """
        self._register = Register(base_url, patience=patience or Patience())
        self._requester = requester

    def close(self) -> None:
        """Close the connections."""
        self._register.close()

    def look_up(self, questions: Sequence[tuple[int, str]]) -> list[RegistryAnswer]:
        """Whether each VAT number is valid, in the order given. Never raises.

        One request a number; once the service itself stays silent, the following ones are not
        sent. A country that does not answer does not stop the others.

        Args:
            questions: Pairs of a party and the bare VAT number asked for.
        """
        answers: list[RegistryAnswer] = []
        silent = ""
        for party_id, asked in questions:
            if not silent:
                try:
                    answers.append(self._one(party_id, asked))
                    continue
                except SilentError as error:
                    silent = error.reason
            answers.append(_silent(party_id, asked, silent))
        return answers

    def _one(self, party_id: int, asked: str) -> RegistryAnswer:
        question = {"countryCode": asked[:2], "vatNumber": asked[2:]}
        if self._requester:
            question |= {
                "requesterMemberStateCode": self._requester[:2],
                "requesterNumber": self._requester[2:],
            }
        _, document = self._register.ask("/check-vat-number", question)
        error = _error(document)
        if error == "INVALID_INPUT":
            return RegistryAnswer(party_id, "vies", asked, "unknown")
        if error:
            return _silent(party_id, asked, REFUSAL_LABELS.get(error, SILENCE_LABELS["refused"]))
        valid = document.get("valid")
        if not isinstance(valid, bool):
            raise SilentError("unreadable")
        facts = {
            "name": text_of(document.get("name")),
            "address": text_of(document.get("address"), 400),
        }
        return RegistryAnswer(
            party_id,
            "vies",
            asked,
            "found" if valid else "unknown",
            {name: value for name, value in facts.items() if value} if valid else {},
            text_of(document.get("requestIdentifier"), 60),
        )


def _error(document: Mapping[str, Any]) -> str:
    """The code of a refusal; empty for an answer."""
    wrappers = document.get("errorWrappers")
    if isinstance(wrappers, list) and wrappers and isinstance(wrappers[0], dict):
        return text_of(wrappers[0].get("error"), 60) or "?"
    told = text_of(document.get("userError"), 60)
    return "" if told in {"", "VALID", "INVALID"} else told


def _silent(party_id: int, asked: str, reason: str) -> RegistryAnswer:
    return RegistryAnswer(party_id, "vies", asked, "unavailable", {"reason": reason})
