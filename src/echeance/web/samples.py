"""Invented facts of the style guide: enough to show every component in its states."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

STYLEGUIDE: dict[str, object] = {
    "buckets": [
        {"label": "Non échu", "amount": Decimal("335531.99"), "count": 167, "url": "#"},
        {"label": "1–30 j", "amount": Decimal("259492.10"), "count": 161, "url": "#"},
        {"label": "31–60 j", "amount": Decimal("217480.00"), "count": 116, "url": "#"},
        {"label": "61–90 j", "amount": Decimal("206076.45"), "count": 71, "url": "#"},
        {"label": "> 90 j", "amount": Decimal("85658.20"), "count": 1, "url": "#"},
    ],
    "invoices": [
        {
            "pk": pk,
            "number": number,
            "customer": customer,
            "due": due,
            "late": late,
            "total": Decimal(total),
            "open": Decimal(still_due),
            "tone": tone,
            "state": state,
        }
        for pk, number, customer, due, late, total, still_due, tone, state in [
            (
                1,
                "FA-2026-00469",
                "Nordique Froid",
                date(2026, 7, 24),
                123,
                "1006.59",
                "1006.59",
                "bad",
                "En retard",
            ),
            (
                2,
                "FA-2026-00626",
                "Clinique Saint-Vivien",
                date(2026, 10, 28),
                27,
                "5028.40",
                "109.46",
                "warn",
                "Relancée",
            ),
            (
                3,
                "FA-2026-00747",
                "Menuiserie Kerguen et fils, ateliers de Basse-Bretagne",
                date(2026, 11, 30),
                -6,
                "1090.10",
                "1090.10",
                "neutral",
                "À échoir",
            ),
            (
                4,
                "FA-2026-00755",
                "Imprimerie Delorge",
                date(2026, 11, 12),
                12,
                "1349.64",
                "1349.64",
                "dispute",
                "En litige",
            ),
            (
                5,
                "FA-2026-00690",
                "Hôtel des Alizés",
                date(2026, 10, 31),
                0,
                "3189.64",
                "0.00",
                "good",
                "Soldée",
            ),
        ]
    ],
    "answers": [
        ("first", "Solder FA-2026-00626"),
        ("second", "Laisser en acompte"),
        ("third", "Payeur inconnu"),
    ],
    "tones": ["good", "warn", "bad", "info", "dispute", "neutral"],
    "amount": Decimal("12376.5"),
    "periods": [("30", "30 derniers jours"), ("90", "90 derniers jours")],
    "identity": [
        ("Client", "Nordique Froid"),
        ("SIREN", "404 833 048"),
        ("Conditions", "45 jours fin de mois"),
        ("Adresse de facturation", "compta@nordique-froid.example"),
    ],
}
