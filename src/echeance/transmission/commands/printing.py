"""The local printer: one PDF for the whole batch, to print on both sides and put in envelopes.

Each letter begins on a new sheet, by a page whose address falls in the window of a DL or C5
envelope (NF Z 11-001: 100 to 200 mm from the left, 45 to 80 mm from the top once folded).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Final

from echeance.core.typesetting import Typesetter
from echeance.transmission.types import LetterToPrint, PrintedBatch, PrintedLetter

_A4: Final = (595, 842)
"""In points."""
_COVER: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title, date: auto)
#set text(font: "Libertinus Serif", size: 11pt, lang: "fr")
#set page(paper: "a4", margin: 0mm)
#for (index, letter) in d.letters.enumerate() {
  if index > 0 { pagebreak() }
  place(top + left, dx: 20mm, dy: 45mm, {
    set text(size: 8pt, fill: luma(110))
    d.sender.join(linebreak())
  })
  place(top + left, dx: 108mm, dy: 50mm, block(width: 82mm, letter.address.join(linebreak())))
  place(bottom + left, dx: 20mm, dy: -12mm,
    text(size: 7pt, fill: luma(130))[Lot #d.number · courrier #letter.rank · #letter.reference])
}
"""


class LocalPrinter:
    """Prepares what a person prints, folds and posts."""

    name = "impression locale"

    def __init__(self, *, number: int, sender: Sequence[str]) -> None:
        """Prepare a batch.

        Args:
            number: Of the batch, printed small at the foot of address pages.
            sender: Lines of the company's own address.
        """
        self._number = number
        self._sender = list(sender)

    def batch(self, letters: Sequence[LetterToPrint], *, at: datetime) -> PrintedBatch:
        """See :class:`echeance.transmission.types.PostalProvider`."""
        import pikepdf

        covers = Typesetter(_COVER).render(
            {
                "title": f"Lot de courriers n° {self._number}",
                "number": str(self._number),
                "sender": self._sender,
                "letters": [
                    {
                        "rank": str(one.rank),
                        "reference": one.reference,
                        "address": list(one.address),
                    }
                    for one in letters
                ],
            },
            timestamp=at,
        )
        printed = []
        with pikepdf.new() as batch, pikepdf.open(BytesIO(covers)) as fronts:
            for front, letter in zip(fronts.pages, letters, strict=True):
                first = len(batch.pages) + 1
                batch.pages.append(front)
                batch.add_blank_page(page_size=_A4)
                with pikepdf.open(BytesIO(letter.content)) as document:
                    batch.pages.extend(document.pages)
                    pages = len(document.pages)
                if pages % 2:
                    batch.add_blank_page(page_size=_A4)
                count = len(batch.pages) - first + 1
                printed.append(PrintedLetter(letter.rank, first, pages, count // 2))
            out = BytesIO()
            batch.save(out, deterministic_id=True)
        return PrintedBatch(tuple(printed), out.getvalue())
