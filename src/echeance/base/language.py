"""French first: the French sentence is the msgid, and the doors translate what they show.

Errors and labels are born as plain French text and know nothing of languages. English comes from
the catalogue ``locale/en``; without a compiled catalogue everything stays French.
"""

from __future__ import annotations

from django.utils.translation import gettext

from echeance.core.errors import EcheanceError


def translated(error: EcheanceError) -> str:
    """The sentence of an error in the language of the moment, with its facts."""
    return gettext(error.message).format(**error.facts)
