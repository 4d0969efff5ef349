"""What stops a conversation with a platform. None of them ever holds a secret."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class PlatformMissingError(EcheanceError):
    """No platform is configured."""

    code = "transmission.platform_missing"
    kind = Kind.UNAVAILABLE
    message = (
        "Aucune plateforme n'est configurée pour {name} : renseignez ECHEANCE_{prefix}_URL, "
        "ECHEANCE_{prefix}_TOKEN_URL, ECHEANCE_{prefix}_CLIENT_ID et "
        "ECHEANCE_{prefix}_CLIENT_SECRET, puis relancez."
    )

    name: str
    prefix: str


@dataclass(eq=False)
class PlatformAddressError(EcheanceError):
    """Only ``https``, or this machine, is spoken to."""

    code = "transmission.platform_address"
    kind = Kind.INVALID
    message = (
        "L'adresse de plateforme « {url} » n'est pas acceptée : donnez une adresse https, sans "
        "identifiant dedans (http est réservé à cette machine)."
    )

    url: str


@dataclass(eq=False)
class PlatformUnreachableError(EcheanceError):
    """It does not answer, or not now; nothing was handed over."""

    code = "transmission.platform_unreachable"
    kind = Kind.UNAVAILABLE
    message = (
        "La plateforme {host} ne répond pas pour l'instant ({reason}) : rien n'a été déposé, un "
        "nouvel essai aura lieu."
    )

    host: str
    reason: str


@dataclass(eq=False)
class PlatformSignInError(EcheanceError):
    """The authorization server says no."""

    code = "transmission.platform_sign_in"
    kind = Kind.UNAVAILABLE
    message = (
        "La plateforme {host} refuse l'identification ({reason}) : vérifiez l'identifiant et le "
        "secret de l'application dans la configuration."
    )

    host: str
    reason: str


@dataclass(eq=False)
class PlatformRefusedError(EcheanceError):
    """The platform understood and said no; nothing of it was done."""

    code = "transmission.platform_refused"
    kind = Kind.REFUSED
    message = (
        "La plateforme {host} refuse la demande ({status} {reason}) : corrigez le document ou sa "
        "description, puis recommencez."
    )

    host: str
    status: int
    reason: str


@dataclass(eq=False)
class PlatformNotFoundError(EcheanceError):
    """The platform knows no such thing."""

    code = "transmission.platform_not_found"
    kind = Kind.NOT_FOUND
    message = "La plateforme {host} ne connaît pas {what} : vérifiez l'identifiant."

    host: str
    what: str


@dataclass(eq=False)
class PlatformAnswerError(EcheanceError):
    """An answer that cannot be used: not of the contract, or beyond the bounds."""

    code = "transmission.platform_answer"
    kind = Kind.UNAVAILABLE
    message = (
        "La réponse de la plateforme {host} n'est pas utilisable ({reason}) : signalez-le à la "
        "plateforme ; rien n'est tenu pour acquis."
    )

    host: str
    reason: str


@dataclass(eq=False)
class PlatformOutcomeUnknownError(EcheanceError):
    """The request may have been carried out: its answer was lost. Never repeated blindly."""

    code = "transmission.platform_outcome_unknown"
    kind = Kind.UNAVAILABLE
    message = (
        "La réponse de la plateforme {host} s'est perdue ({reason}) : le dépôt a peut-être eu "
        "lieu. Il sera recherché par son identifiant de suivi avant tout nouvel envoi."
    )

    host: str
    reason: str
