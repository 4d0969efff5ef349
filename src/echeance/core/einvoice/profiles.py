"""The specifications a document may claim in BT-24, and what each one means here.

Source: Factur-X 1.09 (five profiles), EN 16931-1 (the core), XP Z12-012 (EXTENDED-CTC-FR).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from echeance.core.einvoice.fields import Level

CORE: Final = "urn:cen.eu:en16931:2017"


@dataclass(frozen=True, slots=True)
class Profile:
    """A known specification.

    Attributes:
        name: As written on screen, in reports and in the XMP of a Factur-X file.
        specification_id: BT-24.
        level: What it may carry.
        relationship: ``AFRelationship`` of the embedded file: the first two profiles are only
            data beside the page, the others are the same invoice in another form.
    """

    name: str
    specification_id: str
    level: Level
    relationship: str = "Alternative"


PROFILES: Final = (
    Profile("MINIMUM", "urn:factur-x.eu:1p0:minimum", Level.MINIMUM, "Data"),
    Profile("BASIC WL", "urn:factur-x.eu:1p0:basicwl", Level.BASIC_WL, "Data"),
    Profile("BASIC", f"{CORE}#compliant#urn:factur-x.eu:1p0:basic", Level.BASIC),
    Profile("EN 16931", CORE, Level.EN16931),
    Profile("EXTENDED", f"{CORE}#conformant#urn:factur-x.eu:1p0:extended", Level.EXTENDED),
    Profile(
        "EXTENDED-CTC-FR",
        f"{CORE}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr",
        Level.EXTENDED,
    ),
)
BY_SPECIFICATION: Final = {profile.specification_id: profile for profile in PROFILES}
# Factur-X 1.0 wrote BASIC with colons; files of that time are still received.
BY_SPECIFICATION[f"{CORE}:compliant:factur-x.eu:1p0:basic"] = PROFILES[2]


def profile_name(specification_id: str) -> str:
    """Name of a specification; the identifier itself when it is none of ours.

    >>> profile_name("urn:cen.eu:en16931:2017"), profile_name("urn:other:1")
    ('EN 16931', 'urn:other:1')
    """
    profile = BY_SPECIFICATION.get(specification_id)
    return profile.name if profile else specification_id


def is_cius(specification_id: str) -> bool:
    """Whether a document claims to obey the core rules under a stricter usage.

    A CIUS (``…#compliant#…``: Peppol BIS, XRechnung) is a valid EN 16931 document by
    definition; an extension (``…#conformant#…``) may not be. Source: EN 16931-1 7.

    >>> is_cius(CORE + "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0")
    True
    """
    return specification_id == CORE or specification_id.startswith(f"{CORE}#compliant#")
