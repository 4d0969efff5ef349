"""Client of API Sirene 3.11 (Insee): what a SIREN or a SIRET is, and whether it still is.

Several identifiers are asked for in one request, for the service takes thirty a minute. Sources:
documentation of API Sirene 3.11 (portail-api.insee.fr); C. com. R123-232 (partial diffusion).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from echeance.parties.registers.http import Patience, Register, SilentError, text_of
from echeance.parties.types import RegistryAnswer

BATCH = 20
"""Identifiers in one request."""

_WAYS = {
    "ALL": "ALLEE", "AV": "AVENUE", "BD": "BOULEVARD", "CAR": "CARREFOUR", "CHE": "CHEMIN",
    "CRS": "COURS", "FG": "FAUBOURG", "GR": "GRANDE RUE", "HAM": "HAMEAU", "IMP": "IMPASSE",
    "LD": "LIEU DIT", "LOT": "LOTISSEMENT", "PAS": "PASSAGE", "PL": "PLACE", "PRO": "PROMENADE",
    "QUA": "QUARTIER", "RES": "RESIDENCE", "RPT": "ROND POINT", "RTE": "ROUTE", "SQ": "SQUARE",
    "VLGE": "VILLAGE", "ZA": "ZONE ARTISANALE", "ZI": "ZONE INDUSTRIELLE",
}  # fmt: skip
_FORMS = {
    "1000": "Entrepreneur individuel", "5202": "SNC", "5498": "EURL", "5710": "SAS",
    "5720": "SASU", "6540": "SCI", "9220": "Association",
}  # fmt: skip
_FORM_FAMILIES = {"54": "SARL", "55": "SA", "56": "SA"}
_DISTRICT = re.compile(r"^(PARIS|LYON|MARSEILLE) \d{1,2}(ER|E)?( ARRONDISSEMENT)?$", re.IGNORECASE)


class SireneClient:
    """The register of firms, spoken to over HTTP. One object a thread; close it."""

    def __init__(self, base_url: str, key: str, *, patience: Patience | None = None) -> None:
        """Prepare, without connecting.

        Raises:
            SilentError: The address is neither ``https`` nor of this machine.
        """
        self._register = Register(
            base_url,
            patience=patience or Patience(),
            headers={"X-INSEE-Api-Key-Integration": key},
        )

    def close(self) -> None:
        """Close the connections."""
        self._register.close()

    def look_up(self, questions: Sequence[tuple[int, str]]) -> list[RegistryAnswer]:
        """What is known of each SIREN (its head office) or SIRET asked for, in the order given.

        Once a request stays without an answer, the following ones are not sent: their answers are
        ``unavailable`` for the same reason. Never raises.

        Args:
            questions: Pairs of a party and the bare identifier asked for.
        """
        answers: list[RegistryAnswer] = []
        silent = ""
        for start in range(0, len(questions), BATCH):
            batch = questions[start : start + BATCH]
            rows: dict[str, Mapping[str, Any]] = {}
            if not silent:
                try:
                    rows = self._batch([asked for _, asked in batch])
                except SilentError as error:
                    silent = error.reason
            answers += [
                _answer(party_id, asked, rows.get(asked), silent) for party_id, asked in batch
            ]
        return answers

    def _batch(self, asked: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        unique = list(dict.fromkeys(asked))
        query = " OR ".join(
            f"siret:{one}" if len(one) == 14 else f"(siren:{one} AND etablissementSiege:true)"
            for one in unique
        )
        status, document = self._register.get(
            "/siret", {"q": query, "nombre": str(2 * len(unique))}
        )
        if status == 404:  # none of them exists
            return {}
        if status != 200:
            raise SilentError("refused")
        rows = document.get("etablissements")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SilentError("unreadable")
        found: dict[str, Mapping[str, Any]] = {}
        for row in rows:
            siret, siren = text_of(row.get("siret")), text_of(row.get("siren"))
            if siret in unique:
                found[siret] = row
            if siren in unique and row.get("etablissementSiege") is True:
                found[siren] = row
        return found


def _answer(
    party_id: int, asked: str, row: Mapping[str, Any] | None, silent: str
) -> RegistryAnswer:
    if silent:
        return RegistryAnswer(party_id, "sirene", asked, "unavailable", {"reason": silent})
    if row is None:
        return RegistryAnswer(party_id, "sirene", asked, "unknown")
    facts = _facts(row)
    closed = facts["state"] == "closed" or (
        len(asked) == 14 and facts["establishment_state"] == "closed"
    )
    kept = {name: value for name, value in facts.items() if value}
    return RegistryAnswer(party_id, "sirene", asked, "closed" if closed else "found", kept)


def _facts(row: Mapping[str, Any]) -> dict[str, str]:
    unit = _object(row.get("uniteLegale"))
    place = _object(row.get("adresseEtablissement"))
    periods = row.get("periodesEtablissement")
    current = _object(periods[0]) if isinstance(periods, list) and periods else {}
    state = text_of(current.get("etatAdministratifEtablissement")) or text_of(
        row.get("etatAdministratifEtablissement")
    )
    kind = text_of(unit.get("categorieJuridiqueUniteLegale"), 4)
    facts = {
        "siren": text_of(row.get("siren")),
        "siret": text_of(row.get("siret")),
        "name": _name(unit),
        "other_names": " | ".join(_other_names(unit, current)),
        "legal_category": kind,
        "legal_form": _FORMS.get(kind, _FORM_FAMILIES.get(kind[:2], "")),
        # Families of the Insee nomenclature that begin with 7 are under administrative law.
        "category": "public" if kind.startswith("7") else "professional",
        "state": "closed" if text_of(unit.get("etatAdministratifUniteLegale")) == "C" else "open",
        "establishment_state": "closed" if state == "F" else "open",
        "closed_on": text_of(current.get("dateDebut"), 10) if state == "F" else "",
        "partial": "oui" if text_of(unit.get("statutDiffusionUniteLegale")) == "P" else "",
    }
    return facts | _address(place)


def _name(unit: Mapping[str, Any]) -> str:
    firm = text_of(unit.get("denominationUniteLegale"))
    if firm:
        return firm
    first = text_of(unit.get("prenomUsuelUniteLegale")) or text_of(unit.get("prenom1UniteLegale"))
    last = text_of(unit.get("nomUsageUniteLegale")) or text_of(unit.get("nomUniteLegale"))
    return f"{first} {last}".strip() if last else ""


def _other_names(unit: Mapping[str, Any], period: Mapping[str, Any]) -> list[str]:
    """Names under which the firm may rightly be kept: initials, usual name, shop sign."""
    keys = ("sigleUniteLegale", "denominationUsuelle1UniteLegale")
    shop = ("enseigne1Etablissement", "denominationUsuelleEtablissement")
    found = [text_of(unit.get(key)) for key in keys] + [text_of(period.get(key)) for key in shop]
    return [name for name in dict.fromkeys(found) if name]


def _address(place: Mapping[str, Any]) -> dict[str, str]:
    """The address in the fields of a party; nothing for one abroad or kept back."""
    if text_of(place.get("codePaysEtrangerEtablissement")):
        return {}
    way = text_of(place.get("typeVoieEtablissement")).upper()
    number = text_of(place.get("numeroVoieEtablissement"))
    line = " ".join(
        part
        for part in (
            number,
            text_of(place.get("indiceRepetitionEtablissement")),
            _WAYS.get(way, way),
            text_of(place.get("libelleVoieEtablissement")),
        )
        if part
    )
    town = text_of(place.get("libelleCommuneEtablissement"), 80)
    district = _DISTRICT.match(town)
    postcode = text_of(place.get("codePostalEtablissement"), 12)
    if not (line and town and postcode):
        return {}
    return {
        "address_line": line[:200],
        "address_extra": text_of(place.get("complementAdresseEtablissement")),
        "postcode": postcode,
        "city": district.group(1) if district else town,
        "country": "FR",
    }


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
