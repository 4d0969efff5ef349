"""The directory (« annuaire ») of the platform of practice: a few firms that do not exist."""

from __future__ import annotations

from typing import Final

FIRMS: Final = {
    "552100554": "Atelier Morel",
    "404833048": "Boulangerie Lefèvre & Fils",
    "213400047": "Mairie de Valbonne-le-Haut",
}
ROUTING_CODES: Final = {("21340004700017", "COMPTA"): "Service comptabilité"}
PLATFORM_ID: Final = "8888"


def siren(number: str) -> dict[str, object] | None:
    """A legal unit, ``None`` when it is not there."""
    name = FIRMS.get(number)
    if name is None:
        return None
    return {"siren": number, "businessName": name, "administrativeStatus": "A"}


def siret(number: str) -> dict[str, object] | None:
    """The facility of a legal unit; each has one."""
    name = FIRMS.get(number[:9])
    if name is None or len(number) != 14:
        return None
    return {"siret": number, "siren": number[:9], "name": name, "administrativeStatus": "A"}


def routing_code(facility: str, code: str) -> dict[str, object] | None:
    """A routing code of a facility."""
    name = ROUTING_CODES.get((facility, code))
    if name is None:
        return None
    return {"siret": facility, "routingIdentifier": code, "routingCodeName": name}


def lines(number: str) -> list[dict[str, object]]:
    """Where a firm receives its invoices: at its SIREN, then by routing code."""
    if number not in FIRMS:
        return []
    found: list[dict[str, object]] = [
        {"addressingIdentifier": number, "siren": number, "platformId": PLATFORM_ID}
    ]
    for facility, code in ROUTING_CODES:
        if facility.startswith(number):
            address = f"{number}_{facility}_{code}"
            found.append(
                {
                    "addressingIdentifier": address,
                    "siren": number,
                    "siret": facility,
                    "routingIdentifier": code,
                    "platformId": PLATFORM_ID,
                }
            )
    return found
