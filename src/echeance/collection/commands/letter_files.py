"""Files of letters: who may keep them, what a posted envelope holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Final

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection.errors import EnclosureError

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENVELOPE: Final = "reminder_envelope"
"""Kind of the file that is printed: the letter, then copies of what goes with it."""


def with_archive(actor: Actor) -> Actor:
    """The actor, allowed to store files: who may prepare a letter may keep it."""
    return replace(actor, rights=actor.rights | {Right.STORE_FILES})


def bound_together(documents: Sequence[bytes], names: Sequence[str]) -> bytes:
    """One PDF of the pages of several, in order; the same documents give the same bytes.

    Raises:
        EnclosureError: One cannot be read as a PDF.
    """
    import pikepdf

    with pikepdf.new() as whole:
        for content, name in zip(documents, names, strict=True):
            try:
                with pikepdf.open(BytesIO(content)) as document:
                    whole.pages.extend(document.pages)
            except pikepdf.PdfError as error:
                raise EnclosureError(name=name) from error
        out = BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()
