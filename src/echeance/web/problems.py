"""Business errors as pages: one status for each kind, one sentence, what to do next."""

from __future__ import annotations

from echeance.core.errors import Kind

STATUS = {
    Kind.INVALID: 422,
    Kind.NOT_FOUND: 404,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 409,
    Kind.CONFLICT: 409,
    Kind.UNAVAILABLE: 503,
}
TITLES = {
    Kind.INVALID: "Il y a quelque chose à corriger",
    Kind.NOT_FOUND: "Introuvable",
    Kind.FORBIDDEN: "Ce n'est pas permis ici",
    Kind.REFUSED: "Refusé",
    Kind.CONFLICT: "Quelque chose a changé entre-temps",
    Kind.UNAVAILABLE: "Service momentanément indisponible",
}
