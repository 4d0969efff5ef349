"""Short French names of what the dry run decides, for filters."""

from __future__ import annotations

REASON_LABELS = {
    "above_ceiling": "au-delà du plafond",
    "already_prepared": "relance déjà prête",
    "bank_stale": "banque pas à jour",
    "channel_absent": "canal indisponible",
    "disputed": "litige",
    "handed_over": "dossier confié",
    "handover_due": "remise au contentieux à décider",
    "insolvency": "procédure collective",
    "ladder_finished": "plan épuisé",
    "legal_step_skipped": "étape légale manquante",
    "level_already_sent": "niveau déjà envoyé",
    "level_reached": "niveau atteint",
    "next_level_later": "prochain niveau plus tard",
    "no_address": "adresse postale manquante",
    "no_contact": "pas de contact",
    "no_phone": "pas de téléphone",
    "not_business_day": "jour non ouvré",
    "not_received": "message non remis",
    "not_sent": "facture jamais envoyée",
    "nothing_due": "rien d'échu",
    "party_closed": "client fermé",
    "party_erased": "client effacé",
    "payment_announced": "paiement annoncé",
    "payment_in_question": "encaissement à rapprocher",
    "payment_plan": "échéancier en cours",
    "promise": "promesse de paiement",
    "rates_unknown": "taux légal inconnu",
    "suspended": "relances suspendues",
    "too_soon": "dernière relance trop récente",
    "unapplied_cash": "règlement non imputé",
    "under_floor": "sous le seuil",
    "unread_reply": "réponse non lue",
    "unsendable": "message impossible",
}
"""By code of reason."""

STATE_LABELS = {
    "a-approuver": "À approuver",
    "retenues": "Retenues",
    "parties": "Parties",
    "non-remises": "Non remises",
    "repondues": "Ont reçu une réponse",
    "annulees": "Annulées",
}
"""States of prepared reminders, by the word of their address."""
