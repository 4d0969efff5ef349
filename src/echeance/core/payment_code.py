"""The QR code that fills a SEPA credit transfer in a banking app.

Source: EPC069-12 version 2.1 (« Quick Response Code: Guidelines to Enable Data Capture for the
Initiation of a SEPA Credit Transfer »): twelve lines of UTF-8, 331 bytes at most, error correction
M, at most version 13.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from echeance.core.creditor_reference import is_creditor_reference
from echeance.core.identifiers import Iban

_BYTES_MAX: Final = 331
_NAME_MAX: Final = 70
_TEXT_MAX: Final = 140
_AMOUNT_MAX: Final = Decimal("999999999.99")
_VERSION_MAX: Final = 13
_QUIET: Final = 0  # the page leaves the white around it
# The code says which mask it has, and readers take any. Trying the eight to print the most even one
# (ISO/IEC 18004 7.8.3) takes five times as long as all the rest: more than setting the page.
_MASK: Final = 0


def epc_text(*, name: str, iban: str, amount: Decimal, bic: str = "", remittance: str = "") -> str:
    r"""What the code says, or "" when the standard cannot carry it.

    Args:
        name: The payee; cut to 70 characters.
        iban: Its account.
        amount: In euros, from 0.01 to 999,999,999.99.
        bic: Optional since version 2.
        remittance: A creditor reference (ISO 11649) goes as structured, any other text as it is.

    >>> epc_text(name="Atelier Morel", iban="FR7630006000011234567890189", bic="AGRIFRPP",
    ...          amount=Decimal("1234.5"), remittance="FA-2026-000042").split("\n")[5:8]
    ['Atelier Morel', 'FR7630006000011234567890189', 'EUR1234.50']
    """
    if not Iban.is_valid(iban) or not Decimal("0.01") <= amount <= _AMOUNT_MAX:
        return ""
    name = " ".join(name.split())[:_NAME_MAX]
    remittance = " ".join(remittance.split())
    if not name or len(remittance) > _TEXT_MAX:
        return ""
    structured = is_creditor_reference(remittance)
    lines = [
        "BCD", "002", "1", "SCT", bic, name, iban, f"EUR{amount:.2f}", "",
        remittance if structured else "",
        "" if structured else remittance,
    ]  # fmt: skip
    text = "\n".join(lines).rstrip("\n")
    return text if len(text.encode()) <= _BYTES_MAX else ""


def qr_svg(text: str) -> str:
    """The code as an SVG of one black path, without margin; "" for no text, or too much of it.

    The same text gives the same drawing.
    """
    import segno

    if not text:
        return ""
    try:
        code = segno.make_qr(
            text, error="m", mode="byte", encoding="utf-8", boost_error=False, mask=_MASK
        )
    except segno.DataOverflowError:
        return ""
    if int(code.version) > _VERSION_MAX:
        return ""
    side = code.symbol_size(border=_QUIET)[0]
    squares = "".join(
        f"M{x} {y}h{length}v1h-{length}z"
        for y, row in enumerate(code.matrix)
        for x, length in _runs(bytes(row))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'width="{side}" height="{side}"><path d="{squares}"/></svg>'
    )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules of a row."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs
