"""What a person is asked about deposits and documents received."""

from __future__ import annotations

from echeance.base.types import Answer, WorkItemFacts
from echeance.transmission.models import Flow, ReceivedFlow

PLATFORM_KEY = "transmission.platform"


def unknown_key(flow: Flow) -> str:
    """The matter of a deposit of unknown outcome."""
    return f"transmission.flow_unknown:{flow.pk}"


def refused_key(flow: Flow) -> str:
    """The matter of a refused deposit."""
    return f"transmission.flow_refused:{flow.pk}"


def quarantine_key(received: ReceivedFlow) -> str:
    """The matter of a document in quarantine."""
    return f"transmission.quarantine:{received.pk}"


def unknown(flow: Flow, reason: str) -> WorkItemFacts:
    """Has the platform got it? What it was looked for by is shown."""
    return WorkItemFacts(
        key=unknown_key(flow),
        kind="transmission.flow_unknown",
        subject=flow.subject,
        title=f"La plateforme a-t-elle reçu {flow.document_ref} ? Sa réponse s'est perdue "
        "plusieurs fois ; rien ne sera redéposé sans votre réponse.",
        evidence={
            **_evidence(flow),
            "reason": reason,
            "advice": "Cherchez cet identifiant de suivi sur le portail de la plateforme.",
        },
        answers=(
            Answer("deposited", "Elle l'a reçu : le rechercher encore"),
            Answer("not_deposited", "Elle ne l'a pas : le déposer de nouveau", "irreversible"),
        ),
    )


def doubled(flow: Flow, flow_ids: tuple[str, ...]) -> WorkItemFacts:
    """The platform holds several deposits, or another file, under one tracking id."""
    return WorkItemFacts(
        key=f"transmission.flow_doubled:{flow.pk}",
        kind="transmission.flow_doubled",
        subject=flow.subject,
        title=f"La plateforme connaît {flow.document_ref} sous plusieurs dépôts, ou avec un autre "
        "fichier : vérifiez lequel compte et faites annuler l'autre.",
        evidence={**_evidence(flow), "flow_ids": list(flow_ids)},
        answers=(Answer("done", "C'est réglé"),),
    )


def refused(flow: Flow) -> WorkItemFacts:
    """The platform said no: the number is spent, the document has to be made again."""
    said = " ; ".join(flow.reasons) or flow.detail
    return WorkItemFacts(
        key=refused_key(flow),
        kind="transmission.flow_refused",
        subject=flow.subject,
        title=f"{flow.document_ref} est refusé par la plateforme : {said}"[:300],
        evidence={**_evidence(flow), "reasons": list(flow.reasons), "detail": flow.detail},
        answers=(Answer("done", "C'est corrigé"),),
    )


def platform_down(reason: str) -> WorkItemFacts:
    """Nothing passes at all."""
    return WorkItemFacts(
        key=PLATFORM_KEY,
        kind=PLATFORM_KEY,
        subject="platform",
        title="La plateforme ne répond pas ou nous refuse : aucun document ne passe. Vérifiez sa "
        "configuration (ECHEANCE_PLATFORM_…) ; les dépôts reprendront à son retour.",
        evidence={"response": reason},
        answers=(Answer("done", "C'est réglé"),),
    )


def quarantined(received: ReceivedFlow) -> WorkItemFacts:
    """A document that could not be taken as it is."""
    return WorkItemFacts(
        key=quarantine_key(received),
        kind="transmission.quarantine",
        subject=f"received:{received.pk}",
        title=f"Document reçu mis en quarantaine : {received.reason}"[:300],
        evidence={
            "received": received.pk,
            "name": received.name,
            "flow_id": received.flow_id,
            "reason": received.reason,
            "code": received.reason_code,
        },
        answers=(
            Answer("retry", "Le lire de nouveau"),
            Answer("set_aside", "Le laisser de côté"),
        ),
    )


def _evidence(flow: Flow) -> dict[str, object]:
    return {
        "flow": flow.pk,
        "tracking_id": flow.tracking_id,
        "sha256": flow.sha256,
        "flow_id": flow.flow_id,
        "document": flow.document_ref,
        "in_flight_at": flow.in_flight_at.isoformat() if flow.in_flight_at else "",
    }
