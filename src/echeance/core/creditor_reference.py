"""RF creditor reference: a payment reference that checks itself.

Source: ISO 11649:2009; SEPA rulebooks carry it as structured remittance information.
"""

from __future__ import annotations

import re
from typing import Final

_MAX: Final = 25
_BODY: Final = re.compile(r"[0-9A-Z]{1,21}")
_WHOLE: Final = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")


def creditor_reference(number: str) -> str:
    """The RF reference of a document number, or "" when the number cannot be carried by one.

    Signs that the standard has no place for (dashes, slashes) are left out; a number with no
    letter or figure, or with more than 21 of them, has no reference.

    >>> creditor_reference("FA-2026-000042")
    'RF84FA2026000042'
    """
    body = re.sub(r"[^0-9A-Z]", "", number.upper())
    if not _BODY.fullmatch(body):
        return ""
    return f"RF{98 - _remainder(body + 'RF00'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether a text, blanks aside, is a reference whose check digits hold.

    >>> is_creditor_reference("RF84 FA20 2600 0042"), is_creditor_reference("RF85FA2026000042")
    (True, False)
    """
    bare = "".join(text.split()).upper()
    if len(bare) > _MAX or not _WHOLE.fullmatch(bare):
        return False
    return _remainder(bare[4:] + bare[:4]) == 1


def printed(reference: str) -> str:
    """The reference in groups of four, as ISO 11649 prints it.

    >>> printed("RF84FA2026000042")
    'RF84 FA20 2600 0042'
    """
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _remainder(text: str) -> int:
    """Modulo 97 of ISO 7064, letters being 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
