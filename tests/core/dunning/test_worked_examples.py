"""Worked examples of late payment, checked by hand, to the cent.

Each row is a story in the words of the trade. Its slices are worked beside it: days are counted
on the calendar, first and last day included, then base × rate × days / 36500 is written out with
four decimals and rounded half up. A slice reads ``invoice first-day last-day days d base rate
amount``; a sum reads ``interest + indemnity = total`` and the principal left. Rates are those of
the published table: ECB + 10 (professionals), ECB + 8 (public), 3 × legal rate (floor).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from echeance.core.dunning.cases import Case, CaseInvoice, CasePayment, answer_told, reckon
from echeance.core.dunning.interest import Imputation
from echeance.core.terms import CustomerKind


@dataclass
class Row:
    debtor: str
    until: str
    invoices: list[str]
    slices: list[str]
    sums: list[str]
    payments: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    unapplied: str = "0.00"


ROWS = {
    "l'exemple de la loi : deux semestres, payé le 20 juillet, le principal d'abord": Row(
        "professional",
        until="31/12/2026",
        invoices=["F1 12000.00 31/05/2026"],
        payments=["20/07/2026 12000.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 12000.00 × 12.15 × 30 / 36500 = 4374000 / 36500 = 119.8356
            "F1 01/06/2026 30/06/2026 30 d 12000.00 12.15 119.84",
            # 12000.00 × 12.40 × 20 / 36500 = 2976000 / 36500 = 81.5342
            "F1 01/07/2026 20/07/2026 20 d 12000.00 12.40 81.53",
        ],
        sums=[
            "F1: 201.37 + 40.00 = 241.37, principal 0.00",
        ],
    ),
    "le même, intérêts d'abord : 201,37 du paiement vont aux intérêts, autant de principal reste et court": Row(
        "professional",
        until="31/12/2026",
        invoices=["F1 12000.00 31/05/2026"],
        payments=["20/07/2026 12000.00 F1"],
        slices=[
            # 12000.00 × 12.15 × 30 / 36500 = 4374000 / 36500 = 119.8356
            "F1 01/06/2026 30/06/2026 30 d 12000.00 12.15 119.84",
            # 12000.00 × 12.40 × 20 / 36500 = 2976000 / 36500 = 81.5342
            "F1 01/07/2026 20/07/2026 20 d 12000.00 12.40 81.53",
            # 201.37 × 12.40 × 164 / 36500 = 409506.032 / 36500 = 11.2193
            "F1 21/07/2026 31/12/2026 164 d 201.37 12.40 11.22",
        ],
        sums=[
            "F1: 212.59 + 40.00 = 252.59, principal 201.37",
        ],
    ),
    "un mois dans un semestre": Row(
        "professional",
        until="28/02/2026",
        invoices=["F1 1000.00 31/01/2026"],
        slices=[
            # 1000.00 × 12.15 × 28 / 36500 = 340200 / 36500 = 9.3205
            "F1 01/02/2026 28/02/2026 28 d 1000.00 12.15 9.32",
        ],
        sums=[
            "F1: 9.32 + 40.00 = 49.32, principal 1000.00",
        ],
    ),
    "deux semestres, le taux baisse": Row(
        "professional",
        until="31/12/2025",
        invoices=["F1 5000.00 31/12/2024"],
        slices=[
            # 5000.00 × 13.15 × 181 / 36500 = 11900750 / 36500 = 326.0479
            "F1 01/01/2025 30/06/2025 181 d 5000.00 13.15 326.05",
            # 5000.00 × 12.15 × 184 / 36500 = 11178000 / 36500 = 306.2466
            "F1 01/07/2025 31/12/2025 184 d 5000.00 12.15 306.25",
        ],
        sums=[
            "F1: 632.30 + 40.00 = 672.30, principal 5000.00",
        ],
    ),
    "trois semestres": Row(
        "professional",
        until="15/07/2025",
        invoices=["F1 8000.00 15/11/2024"],
        slices=[
            # 8000.00 × 14.25 × 46 / 36500 = 5244000 / 36500 = 143.6712
            "F1 16/11/2024 31/12/2024 46 d 8000.00 14.25 143.67",
            # 8000.00 × 13.15 × 181 / 36500 = 19041200 / 36500 = 521.6767
            "F1 01/01/2025 30/06/2025 181 d 8000.00 13.15 521.68",
            # 8000.00 × 12.15 × 15 / 36500 = 1458000 / 36500 = 39.9452
            "F1 01/07/2025 15/07/2025 15 d 8000.00 12.15 39.95",
        ],
        sums=[
            "F1: 705.30 + 40.00 = 745.30, principal 8000.00",
        ],
    ),
    "l'année bissextile 2024 : 366 jours sur 365": Row(
        "professional",
        until="31/12/2024",
        invoices=["F1 5000.00 31/12/2023"],
        slices=[
            # 5000.00 × 14.50 × 182 / 36500 = 13195000 / 36500 = 361.5068
            "F1 01/01/2024 30/06/2024 182 d 5000.00 14.50 361.51",
            # 5000.00 × 14.25 × 184 / 36500 = 13110000 / 36500 = 359.1781
            "F1 01/07/2024 31/12/2024 184 d 5000.00 14.25 359.18",
        ],
        sums=[
            "F1: 720.69 + 40.00 = 760.69, principal 5000.00",
        ],
    ),
    "le 29 février est un jour": Row(
        "professional",
        until="01/03/2024",
        invoices=["F1 1000.00 28/02/2024"],
        slices=[
            # 1000.00 × 14.50 × 2 / 36500 = 29000 / 36500 = 0.7945
            "F1 29/02/2024 01/03/2024 2 d 1000.00 14.50 0.79",
        ],
        sums=[
            "F1: 0.79 + 40.00 = 40.79, principal 1000.00",
        ],
    ),
    "de 2019 à 2026, quinze semestres": Row(
        "professional",
        until="30/06/2026",
        invoices=["F1 1000.00 31/12/2018"],
        slices=[
            # 1000.00 × 10.00 × 181 / 36500 = 1810000 / 36500 = 49.5890
            "F1 01/01/2019 30/06/2019 181 d 1000.00 10.00 49.59",
            # 1000.00 × 10.00 × 184 / 36500 = 1840000 / 36500 = 50.4110
            "F1 01/07/2019 31/12/2019 184 d 1000.00 10.00 50.41",
            # 1000.00 × 10.00 × 182 / 36500 = 1820000 / 36500 = 49.8630
            "F1 01/01/2020 30/06/2020 182 d 1000.00 10.00 49.86",
            # 1000.00 × 10.00 × 184 / 36500 = 1840000 / 36500 = 50.4110
            "F1 01/07/2020 31/12/2020 184 d 1000.00 10.00 50.41",
            # 1000.00 × 10.00 × 181 / 36500 = 1810000 / 36500 = 49.5890
            "F1 01/01/2021 30/06/2021 181 d 1000.00 10.00 49.59",
            # 1000.00 × 10.00 × 184 / 36500 = 1840000 / 36500 = 50.4110
            "F1 01/07/2021 31/12/2021 184 d 1000.00 10.00 50.41",
            # 1000.00 × 10.00 × 181 / 36500 = 1810000 / 36500 = 49.5890
            "F1 01/01/2022 30/06/2022 181 d 1000.00 10.00 49.59",
            # 1000.00 × 10.00 × 184 / 36500 = 1840000 / 36500 = 50.4110
            "F1 01/07/2022 31/12/2022 184 d 1000.00 10.00 50.41",
            # 1000.00 × 12.50 × 181 / 36500 = 2262500 / 36500 = 61.9863
            "F1 01/01/2023 30/06/2023 181 d 1000.00 12.50 61.99",
            # 1000.00 × 14.00 × 184 / 36500 = 2576000 / 36500 = 70.5753
            "F1 01/07/2023 31/12/2023 184 d 1000.00 14.00 70.58",
            # 1000.00 × 14.50 × 182 / 36500 = 2639000 / 36500 = 72.3014
            "F1 01/01/2024 30/06/2024 182 d 1000.00 14.50 72.30",
            # 1000.00 × 14.25 × 184 / 36500 = 2622000 / 36500 = 71.8356
            "F1 01/07/2024 31/12/2024 184 d 1000.00 14.25 71.84",
            # 1000.00 × 13.15 × 181 / 36500 = 2380150 / 36500 = 65.2096
            "F1 01/01/2025 30/06/2025 181 d 1000.00 13.15 65.21",
            # 1000.00 × 12.15 × 184 / 36500 = 2235600 / 36500 = 61.2493
            "F1 01/07/2025 31/12/2025 184 d 1000.00 12.15 61.25",
            # 1000.00 × 12.15 × 181 / 36500 = 2199150 / 36500 = 60.2507
            "F1 01/01/2026 30/06/2026 181 d 1000.00 12.15 60.25",
        ],
        sums=[
            "F1: 863.69 + 40.00 = 903.69, principal 1000.00",
        ],
    ),
    "payée le jour de l'échéance : rien": Row(
        "professional",
        until="31/12/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["31/03/2026 1000.00 F1"],
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 0.00",
        ],
    ),
    "payée la veille : rien": Row(
        "professional",
        until="31/12/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/03/2026 1000.00 F1"],
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 0.00",
        ],
    ),
    "payée le lendemain : un jour, et les 40 € restent dus": Row(
        "professional",
        until="31/12/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["01/04/2026 1000.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 1 / 36500 = 12150 / 36500 = 0.3329
            "F1 01/04/2026 01/04/2026 1 d 1000.00 12.15 0.33",
        ],
        sums=[
            "F1: 0.33 + 40.00 = 40.33, principal 0.00",
        ],
    ),
    "arrêté à l'échéance : rien n'est encore en retard": Row(
        "professional",
        until="31/03/2026",
        invoices=["F1 1000.00 31/03/2026"],
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 1000.00",
        ],
    ),
    "un acompte en retard, le principal d'abord": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 400.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 600.00 × 12.15 × 31 / 36500 = 225990 / 36500 = 6.1915
            "F1 01/05/2026 31/05/2026 31 d 600.00 12.15 6.19",
        ],
        sums=[
            "F1: 16.18 + 40.00 = 56.18, principal 600.00",
        ],
    ),
    "le même, intérêts d'abord : 1000 − (400 − 9,99) = 609,99": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 400.00 F1"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 609.99 × 12.15 × 31 / 36500 = 229752.7335 / 36500 = 6.2946
            "F1 01/05/2026 31/05/2026 31 d 609.99 12.15 6.29",
        ],
        sums=[
            "F1: 16.28 + 40.00 = 56.28, principal 609.99",
        ],
    ),
    "trois versements le même jour comptent ensemble": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 100.00 F1", "30/04/2026 250.00 F1", "30/04/2026 50.00 F1"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 609.99 × 12.15 × 31 / 36500 = 229752.7335 / 36500 = 6.2946
            "F1 01/05/2026 31/05/2026 31 d 609.99 12.15 6.29",
        ],
        sums=[
            "F1: 16.28 + 40.00 = 56.28, principal 609.99",
        ],
    ),
    "un acompte versé avant l'échéance ne porte rien": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["15/03/2026 400.00 F1"],
        slices=[
            # 600.00 × 12.15 × 30 / 36500 = 218700 / 36500 = 5.9918
            "F1 01/04/2026 30/04/2026 30 d 600.00 12.15 5.99",
        ],
        sums=[
            "F1: 5.99 + 40.00 = 45.99, principal 600.00",
        ],
    ),
    "deux acomptes de part et d'autre du semestre, le principal d'abord": Row(
        "professional",
        until="31/07/2026",
        invoices=["F1 10000.00 15/05/2026"],
        payments=["10/06/2026 3000.00 F1", "10/07/2026 3000.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 10000.00 × 12.15 × 26 / 36500 = 3159000 / 36500 = 86.5479
            "F1 16/05/2026 10/06/2026 26 d 10000.00 12.15 86.55",
            # 7000.00 × 12.15 × 20 / 36500 = 1701000 / 36500 = 46.6027
            "F1 11/06/2026 30/06/2026 20 d 7000.00 12.15 46.60",
            # 7000.00 × 12.40 × 10 / 36500 = 868000 / 36500 = 23.7808
            "F1 01/07/2026 10/07/2026 10 d 7000.00 12.40 23.78",
            # 4000.00 × 12.40 × 21 / 36500 = 1041600 / 36500 = 28.5370
            "F1 11/07/2026 31/07/2026 21 d 4000.00 12.40 28.54",
        ],
        sums=[
            "F1: 185.47 + 40.00 = 225.47, principal 4000.00",
        ],
    ),
    "les mêmes, intérêts d'abord : 10000 − (3000 − 86,55) = 7086,55, puis 7086,55 − (3000 − 47,18 − 24,07) = 4157,80": Row(
        "professional",
        until="31/07/2026",
        invoices=["F1 10000.00 15/05/2026"],
        payments=["10/06/2026 3000.00 F1", "10/07/2026 3000.00 F1"],
        slices=[
            # 10000.00 × 12.15 × 26 / 36500 = 3159000 / 36500 = 86.5479
            "F1 16/05/2026 10/06/2026 26 d 10000.00 12.15 86.55",
            # 7086.55 × 12.15 × 20 / 36500 = 1722031.65 / 36500 = 47.1789
            "F1 11/06/2026 30/06/2026 20 d 7086.55 12.15 47.18",
            # 7086.55 × 12.40 × 10 / 36500 = 878732.2 / 36500 = 24.0749
            "F1 01/07/2026 10/07/2026 10 d 7086.55 12.40 24.07",
            # 4157.80 × 12.40 × 21 / 36500 = 1082691.12 / 36500 = 29.6628
            "F1 11/07/2026 31/07/2026 21 d 4157.80 12.40 29.66",
        ],
        sums=[
            "F1: 187.46 + 40.00 = 227.46, principal 4157.80",
        ],
    ),
    "un acompte plus petit que les intérêts laisse le principal entier": Row(
        "professional",
        until="31/12/2025",
        invoices=["F1 10000.00 31/12/2024"],
        payments=["30/06/2025 100.00 F1"],
        slices=[
            # 10000.00 × 13.15 × 181 / 36500 = 23801500 / 36500 = 652.0959
            "F1 01/01/2025 30/06/2025 181 d 10000.00 13.15 652.10",
            # 10000.00 × 12.15 × 184 / 36500 = 22356000 / 36500 = 612.4932
            "F1 01/07/2025 31/12/2025 184 d 10000.00 12.15 612.49",
        ],
        sums=[
            "F1: 1264.59 + 40.00 = 1304.59, principal 10000.00",
        ],
    ),
    "un acompte égal aux intérêts, au centime": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 9.99 F1"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/05/2026 31/05/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 20.31 + 40.00 = 60.31, principal 1000.00",
        ],
    ),
    "payée en trop, intérêts d'abord : le surplus n'est affecté à rien": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/12/2025"],
        payments=["31/01/2026 5000.00 F1"],
        slices=[
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/01/2026 31/01/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 10.32 + 40.00 = 50.32, principal 0.00",
        ],
        unapplied="3989.68",
    ),
    "payée en trop, principal d'abord : le surplus règle les intérêts": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/12/2025"],
        payments=["31/01/2026 1005.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/01/2026 31/01/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 10.32 + 40.00 = 50.32, principal 0.00",
        ],
        unapplied="0.00",
    ),
    "un versement le dernier jour compté est pris : 1000 − (500 − 10,32) = 510,32": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 1000.00 31/12/2025"],
        payments=["31/01/2026 500.00 F1"],
        slices=[
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/01/2026 31/01/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 10.32 + 40.00 = 50.32, principal 510.32",
        ],
    ),
    "un versement après le dernier jour compté ne change rien": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 1000.00 31/12/2025"],
        payments=["01/02/2026 1000.00 F1"],
        slices=[
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/01/2026 31/01/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 10.32 + 40.00 = 50.32, principal 1000.00",
        ],
    ),
    "contrat à 5 %, sous le plancher : 3 × 2,76 puis 3 × 2,62": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 2000.00 30/11/2025"],
        facts={"contract_rate_percent": "5"},
        slices=[
            # 2000.00 × 8.28 × 31 / 36500 = 513360 / 36500 = 14.0647
            "F1 01/12/2025 31/12/2025 31 d 2000.00 8.28 14.06",
            # 2000.00 × 7.86 × 31 / 36500 = 487320 / 36500 = 13.3512
            "F1 01/01/2026 31/01/2026 31 d 2000.00 7.86 13.35",
        ],
        sums=[
            "F1: 27.41 + 40.00 = 67.41, principal 2000.00",
        ],
    ),
    "contrat à 8 % : sous le plancher en 2025, au-dessus en 2026": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 2000.00 30/11/2025"],
        facts={"contract_rate_percent": "8"},
        slices=[
            # 2000.00 × 8.28 × 31 / 36500 = 513360 / 36500 = 14.0647
            "F1 01/12/2025 31/12/2025 31 d 2000.00 8.28 14.06",
            # 2000.00 × 8.00 × 31 / 36500 = 496000 / 36500 = 13.5890
            "F1 01/01/2026 31/01/2026 31 d 2000.00 8.00 13.59",
        ],
        sums=[
            "F1: 27.65 + 40.00 = 67.65, principal 2000.00",
        ],
    ),
    "contrat à 15 %": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 1000.00 31/12/2025"],
        facts={"contract_rate_percent": "15"},
        slices=[
            # 1000.00 × 15.00 × 31 / 36500 = 465000 / 36500 = 12.7397
            "F1 01/01/2026 31/01/2026 31 d 1000.00 15.00 12.74",
        ],
        sums=[
            "F1: 12.74 + 40.00 = 52.74, principal 1000.00",
        ],
    ),
    "contrat à 15 %, relevé à 15,21 au premier semestre 2024": Row(
        "professional",
        until="31/07/2024",
        invoices=["F1 1000.00 31/05/2024"],
        facts={"contract_rate_percent": "15"},
        slices=[
            # 1000.00 × 15.21 × 30 / 36500 = 456300 / 36500 = 12.5014
            "F1 01/06/2024 30/06/2024 30 d 1000.00 15.21 12.50",
            # 1000.00 × 15.00 × 31 / 36500 = 465000 / 36500 = 12.7397
            "F1 01/07/2024 31/07/2024 31 d 1000.00 15.00 12.74",
        ],
        sums=[
            "F1: 25.24 + 40.00 = 65.24, principal 1000.00",
        ],
    ),
    "contrat à 0 % : le plancher seul": Row(
        "professional",
        until="30/09/2023",
        invoices=["F1 1000.00 31/08/2023"],
        facts={"contract_rate_percent": "0"},
        slices=[
            # 1000.00 × 12.66 × 30 / 36500 = 379800 / 36500 = 10.4055
            "F1 01/09/2023 30/09/2023 30 d 1000.00 12.66 10.41",
        ],
        sums=[
            "F1: 10.41 + 40.00 = 50.41, principal 1000.00",
        ],
    ),
    "acheteur public : le taux du semestre où les intérêts commencent, figé": Row(
        "public",
        until="20/07/2026",
        invoices=["F1 12000.00 31/05/2026"],
        slices=[
            # 12000.00 × 10.15 × 50 / 36500 = 6090000 / 36500 = 166.8493
            "F1 01/06/2026 20/07/2026 50 d 12000.00 10.15 166.85",
        ],
        sums=[
            "F1: 166.85 + 40.00 = 206.85, principal 12000.00",
        ],
    ),
    "acheteur public, trois semestres, un seul taux": Row(
        "public",
        until="15/07/2025",
        invoices=["F1 8000.00 15/11/2024"],
        slices=[
            # 8000.00 × 12.25 × 242 / 36500 = 23716000 / 36500 = 649.7534
            "F1 16/11/2024 15/07/2025 242 d 8000.00 12.25 649.75",
        ],
        sums=[
            "F1: 649.75 + 40.00 = 689.75, principal 8000.00",
        ],
    ),
    "acheteur public en retard depuis le second semestre 2025": Row(
        "public",
        until="31/08/2026",
        invoices=["F1 3000.00 30/09/2025"],
        slices=[
            # 3000.00 × 10.15 × 335 / 36500 = 10200750 / 36500 = 279.4726
            "F1 01/10/2025 31/08/2026 335 d 3000.00 10.15 279.47",
        ],
        sums=[
            "F1: 279.47 + 40.00 = 319.47, principal 3000.00",
        ],
    ),
    "acheteur public, échéance au 30 juin : les intérêts commencent en juillet": Row(
        "public",
        until="20/07/2026",
        invoices=["F1 12000.00 30/06/2026"],
        slices=[
            # 12000.00 × 10.40 × 20 / 36500 = 2496000 / 36500 = 68.3836
            "F1 01/07/2026 20/07/2026 20 d 12000.00 10.40 68.38",
        ],
        sums=[
            "F1: 68.38 + 40.00 = 108.38, principal 12000.00",
        ],
    ),
    "acheteur public : le taux du contrat ne le lie pas": Row(
        "public",
        until="30/06/2026",
        invoices=["F1 12000.00 31/05/2026"],
        facts={"contract_rate_percent": "20"},
        slices=[
            # 12000.00 × 10.15 × 30 / 36500 = 3654000 / 36500 = 100.1096
            "F1 01/06/2026 30/06/2026 30 d 12000.00 10.15 100.11",
        ],
        sums=[
            "F1: 100.11 + 40.00 = 140.11, principal 12000.00",
        ],
    ),
    "acheteur public qui verse un acompte": Row(
        "public",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 400.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 10.15 × 30 / 36500 = 304500 / 36500 = 8.3425
            "F1 01/04/2026 30/04/2026 30 d 1000.00 10.15 8.34",
            # 600.00 × 10.15 × 31 / 36500 = 188790 / 36500 = 5.1723
            "F1 01/05/2026 31/05/2026 31 d 600.00 10.15 5.17",
        ],
        sums=[
            "F1: 13.51 + 40.00 = 53.51, principal 600.00",
        ],
    ),
    "consommateur : ni intérêts ni 40 €": Row(
        "consumer",
        until="31/12/2026",
        invoices=["F1 1000.00 31/12/2025"],
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 1000.00",
        ],
    ),
    "consommateur, même avec un taux au contrat": Row(
        "consumer",
        until="31/12/2026",
        invoices=["F1 1000.00 31/12/2025"],
        payments=["30/06/2026 400.00 F1"],
        facts={"contract_rate_percent": "12"},
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 600.00",
        ],
    ),
    "jugement d'ouverture avant l'échéance : ni intérêts ni 40 €": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        facts={"insolvency_date": "2026-02-01"},
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 1000.00",
        ],
    ),
    "jugement le jour de l'échéance : le paiement était déjà interdit": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        facts={"insolvency_date": "2026-03-31"},
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 1000.00",
        ],
    ),
    "jugement le lendemain de l'échéance : aucun jour, mais les 40 €": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        facts={"insolvency_date": "2026-04-01"},
        slices=[],
        sums=[
            "F1: 0.00 + 40.00 = 40.00, principal 1000.00",
        ],
    ),
    "jugement au milieu : les intérêts s'arrêtent la veille": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        facts={"insolvency_date": "2026-04-15"},
        slices=[
            # 1000.00 × 12.15 × 14 / 36500 = 170100 / 36500 = 4.6603
            "F1 01/04/2026 14/04/2026 14 d 1000.00 12.15 4.66",
        ],
        sums=[
            "F1: 4.66 + 40.00 = 44.66, principal 1000.00",
        ],
    ),
    "jugement après le dernier jour compté : rien ne change": Row(
        "professional",
        until="31/01/2026",
        invoices=["F1 1000.00 31/12/2025"],
        facts={"insolvency_date": "2026-02-01"},
        slices=[
            # 1000.00 × 12.15 × 31 / 36500 = 376650 / 36500 = 10.3192
            "F1 01/01/2026 31/01/2026 31 d 1000.00 12.15 10.32",
        ],
        sums=[
            "F1: 10.32 + 40.00 = 50.32, principal 1000.00",
        ],
    ),
    "un dividende versé après le jugement ne fait rien courir": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["30/04/2026 400.00 F1"],
        facts={"insolvency_date": "2026-04-15", "imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 14 / 36500 = 170100 / 36500 = 4.6603
            "F1 01/04/2026 14/04/2026 14 d 1000.00 12.15 4.66",
        ],
        sums=[
            "F1: 4.66 + 40.00 = 44.66, principal 600.00",
        ],
    ),
    "un avoir partiel en cours de retard : dès sa date, et jamais sur les intérêts": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["01/05/2026 300.00 F1 avoir"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 700.00 × 12.15 × 31 / 36500 = 263655 / 36500 = 7.2234
            "F1 01/05/2026 31/05/2026 31 d 700.00 12.15 7.22",
        ],
        sums=[
            "F1: 17.21 + 40.00 = 57.21, principal 700.00",
        ],
    ),
    "un avoir avant l'échéance": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["20/03/2026 300.00 F1 avoir"],
        slices=[
            # 700.00 × 12.15 × 30 / 36500 = 255150 / 36500 = 6.9904
            "F1 01/04/2026 30/04/2026 30 d 700.00 12.15 6.99",
        ],
        sums=[
            "F1: 6.99 + 40.00 = 46.99, principal 700.00",
        ],
    ),
    "un avoir total avant l'échéance : la facture n'a jamais été en retard": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["20/03/2026 1000.00 F1 avoir"],
        slices=[],
        sums=[
            "F1: 0.00 + 0.00 = 0.00, principal 0.00",
        ],
    ),
    "un avoir total en cours de retard : les jours courus et les 40 € restent": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["15/04/2026 1000.00 F1 avoir"],
        slices=[
            # 1000.00 × 12.15 × 14 / 36500 = 170100 / 36500 = 4.6603
            "F1 01/04/2026 14/04/2026 14 d 1000.00 12.15 4.66",
        ],
        sums=[
            "F1: 4.66 + 40.00 = 44.66, principal 0.00",
        ],
    ),
    "un avoir et un versement le même jour : 1000 − 300, puis 700 − (400 − 10,22) = 310,22": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026"],
        payments=["01/05/2026 400.00 F1", "01/05/2026 300.00 F1 avoir"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 700.00 × 12.15 × 1 / 36500 = 8505 / 36500 = 0.2330
            "F1 01/05/2026 01/05/2026 1 d 700.00 12.15 0.23",
            # 310.22 × 12.15 × 30 / 36500 = 113075.19 / 36500 = 3.0980
            "F1 02/05/2026 31/05/2026 30 d 310.22 12.15 3.10",
        ],
        sums=[
            "F1: 13.32 + 40.00 = 53.32, principal 310.22",
        ],
    ),
    "échéance au 31 décembre : le premier jour est du nouveau semestre": Row(
        "professional",
        until="01/01/2025",
        invoices=["F1 1000.00 31/12/2024"],
        slices=[
            # 1000.00 × 13.15 × 1 / 36500 = 13150 / 36500 = 0.3603
            "F1 01/01/2025 01/01/2025 1 d 1000.00 13.15 0.36",
        ],
        sums=[
            "F1: 0.36 + 40.00 = 40.36, principal 1000.00",
        ],
    ),
    "échéance au 30 décembre : un jour dans chaque semestre": Row(
        "professional",
        until="01/01/2025",
        invoices=["F1 1000.00 30/12/2024"],
        slices=[
            # 1000.00 × 14.25 × 1 / 36500 = 14250 / 36500 = 0.3904
            "F1 31/12/2024 31/12/2024 1 d 1000.00 14.25 0.39",
            # 1000.00 × 13.15 × 1 / 36500 = 13150 / 36500 = 0.3603
            "F1 01/01/2025 01/01/2025 1 d 1000.00 13.15 0.36",
        ],
        sums=[
            "F1: 0.75 + 40.00 = 40.75, principal 1000.00",
        ],
    ),
    "échéance au 30 juin": Row(
        "professional",
        until="01/07/2026",
        invoices=["F1 1000.00 30/06/2026"],
        slices=[
            # 1000.00 × 12.40 × 1 / 36500 = 12400 / 36500 = 0.3397
            "F1 01/07/2026 01/07/2026 1 d 1000.00 12.40 0.34",
        ],
        sums=[
            "F1: 0.34 + 40.00 = 40.34, principal 1000.00",
        ],
    ),
    "échéance au 29 juin : un jour dans chaque semestre": Row(
        "professional",
        until="01/07/2026",
        invoices=["F1 1000.00 29/06/2026"],
        slices=[
            # 1000.00 × 12.15 × 1 / 36500 = 12150 / 36500 = 0.3329
            "F1 30/06/2026 30/06/2026 1 d 1000.00 12.15 0.33",
            # 1000.00 × 12.40 × 1 / 36500 = 12400 / 36500 = 0.3397
            "F1 01/07/2026 01/07/2026 1 d 1000.00 12.40 0.34",
        ],
        sums=[
            "F1: 0.67 + 40.00 = 40.67, principal 1000.00",
        ],
    ),
    "échéance un samedi, payée le lundi : l'échéance ne glisse pas, deux jours": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/01/2026"],
        payments=["02/02/2026 1000.00 F1"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 2 / 36500 = 24300 / 36500 = 0.6658
            "F1 01/02/2026 02/02/2026 2 d 1000.00 12.15 0.67",
        ],
        sums=[
            "F1: 0.67 + 40.00 = 40.67, principal 0.00",
        ],
    ),
    "la hausse de janvier 2023": Row(
        "professional",
        until="15/01/2023",
        invoices=["F1 1000.00 15/12/2022"],
        slices=[
            # 1000.00 × 10.00 × 16 / 36500 = 160000 / 36500 = 4.3836
            "F1 16/12/2022 31/12/2022 16 d 1000.00 10.00 4.38",
            # 1000.00 × 12.50 × 15 / 36500 = 187500 / 36500 = 5.1370
            "F1 01/01/2023 15/01/2023 15 d 1000.00 12.50 5.14",
        ],
        sums=[
            "F1: 9.52 + 40.00 = 49.52, principal 1000.00",
        ],
    ),
    "un demi-centime est arrondi au-dessus : 73 jours font un cinquième d'année": Row(
        "professional",
        until="14/04/2021",
        invoices=["F1 1.25 31/01/2021"],
        slices=[
            # 1.25 × 10.00 × 73 / 36500 = 912.5 / 36500 = 0.0250
            "F1 01/02/2021 14/04/2021 73 d 1.25 10.00 0.03",
        ],
        sums=[
            "F1: 0.03 + 40.00 = 40.03, principal 1.25",
        ],
    ),
    "un centime ne porte rien, mais les 40 € sont dus": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 0.01 31/03/2026"],
        slices=[
            # 0.01 × 12.15 × 30 / 36500 = 3.645 / 36500 = 0.0001
            "F1 01/04/2026 30/04/2026 30 d 0.01 12.15 0.00",
        ],
        sums=[
            "F1: 0.00 + 40.00 = 40.00, principal 0.01",
        ],
    ),
    "une grosse facture": Row(
        "professional",
        until="28/02/2026",
        invoices=["F1 1234567.89 31/01/2026"],
        slices=[
            # 1234567.89 × 12.15 × 28 / 36500 = 419999996.178 / 36500 = 11506.8492
            "F1 01/02/2026 28/02/2026 28 d 1234567.89 12.15 11506.85",
        ],
        sums=[
            "F1: 11506.85 + 40.00 = 11546.85, principal 1234567.89",
        ],
    ),
    "deux factures, un versement qui nomme la plus récente": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 28/02/2026", "F2 500.00 31/03/2026"],
        payments=["30/04/2026 500.00 F2"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 92 / 36500 = 1117800 / 36500 = 30.6247
            "F1 01/03/2026 31/05/2026 92 d 1000.00 12.15 30.62",
            # 500.00 × 12.15 × 30 / 36500 = 182250 / 36500 = 4.9932
            "F2 01/04/2026 30/04/2026 30 d 500.00 12.15 4.99",
        ],
        sums=[
            "F1: 30.62 + 40.00 = 70.62, principal 1000.00",
            "F2: 4.99 + 40.00 = 44.99, principal 0.00",
        ],
    ),
    "deux factures, un versement sans numéro : la plus ancienne d'abord, 1000 et ses 20,31 ; le reste, 179,69, à l'autre": Row(
        "professional",
        until="31/05/2026",
        invoices=["F2 500.00 31/03/2026", "F1 1000.00 28/02/2026"],
        payments=["30/04/2026 1200.00"],
        facts={"imputation": "principal_first"},
        slices=[
            # 500.00 × 12.15 × 30 / 36500 = 182250 / 36500 = 4.9932
            "F2 01/04/2026 30/04/2026 30 d 500.00 12.15 4.99",
            # 320.31 × 12.15 × 31 / 36500 = 120644.7615 / 36500 = 3.3053
            "F2 01/05/2026 31/05/2026 31 d 320.31 12.15 3.31",
            # 1000.00 × 12.15 × 61 / 36500 = 741150 / 36500 = 20.3055
            "F1 01/03/2026 30/04/2026 61 d 1000.00 12.15 20.31",
        ],
        sums=[
            "F2: 8.30 + 40.00 = 48.30, principal 320.31",
            "F1: 20.31 + 40.00 = 60.31, principal 0.00",
        ],
    ),
    "deux factures de même échéance, 300 sans numéro : en proportion de 1009,99 et 504,99, soit 200 et 100": Row(
        "professional",
        until="31/05/2026",
        invoices=["F1 1000.00 31/03/2026", "F2 500.00 31/03/2026"],
        payments=["30/04/2026 300.00"],
        slices=[
            # 1000.00 × 12.15 × 30 / 36500 = 364500 / 36500 = 9.9863
            "F1 01/04/2026 30/04/2026 30 d 1000.00 12.15 9.99",
            # 809.99 × 12.15 × 31 / 36500 = 305082.7335 / 36500 = 8.3584
            "F1 01/05/2026 31/05/2026 31 d 809.99 12.15 8.36",
            # 500.00 × 12.15 × 30 / 36500 = 182250 / 36500 = 4.9932
            "F2 01/04/2026 30/04/2026 30 d 500.00 12.15 4.99",
            # 404.99 × 12.15 × 31 / 36500 = 152539.4835 / 36500 = 4.1792
            "F2 01/05/2026 31/05/2026 31 d 404.99 12.15 4.18",
        ],
        sums=[
            "F1: 18.35 + 40.00 = 58.35, principal 809.99",
            "F2: 9.17 + 40.00 = 49.17, principal 404.99",
        ],
    ),
    "un versement sans numéro va à ce qui est échu, pas à ce qui ne l'est pas": Row(
        "professional",
        until="30/04/2026",
        invoices=["F1 1000.00 31/03/2026", "F2 500.00 30/06/2026"],
        payments=["15/04/2026 400.00"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 12.15 × 15 / 36500 = 182250 / 36500 = 4.9932
            "F1 01/04/2026 15/04/2026 15 d 1000.00 12.15 4.99",
            # 600.00 × 12.15 × 15 / 36500 = 109350 / 36500 = 2.9959
            "F1 16/04/2026 30/04/2026 15 d 600.00 12.15 3.00",
        ],
        sums=[
            "F1: 7.99 + 40.00 = 47.99, principal 600.00",
            "F2: 0.00 + 0.00 = 0.00, principal 500.00",
        ],
    ),
    "deux factures, une seule nommée, intérêts d'abord : 2400 − (1200 − 11,98)": Row(
        "professional",
        until="30/06/2026",
        invoices=["F1 2400.00 30/04/2026", "F2 3600.00 31/05/2026"],
        payments=["15/05/2026 1200.00 F1"],
        slices=[
            # 2400.00 × 12.15 × 15 / 36500 = 437400 / 36500 = 11.9836
            "F1 01/05/2026 15/05/2026 15 d 2400.00 12.15 11.98",
            # 1211.98 × 12.15 × 46 / 36500 = 677375.622 / 36500 = 18.5582
            "F1 16/05/2026 30/06/2026 46 d 1211.98 12.15 18.56",
            # 3600.00 × 12.15 × 30 / 36500 = 1312200 / 36500 = 35.9507
            "F2 01/06/2026 30/06/2026 30 d 3600.00 12.15 35.95",
        ],
        sums=[
            "F1: 30.54 + 40.00 = 70.54, principal 1211.98",
            "F2: 35.95 + 40.00 = 75.95, principal 3600.00",
        ],
    ),
    "acheteur public, sans numéro : la dette au taux le plus lourd d'abord, même plus récente": Row(
        "public",
        until="30/09/2026",
        invoices=["F1 1000.00 15/11/2025", "F2 1000.00 15/07/2026"],
        payments=["31/08/2026 400.00"],
        facts={"imputation": "principal_first"},
        slices=[
            # 1000.00 × 10.15 × 319 / 36500 = 3237850 / 36500 = 88.7082
            "F1 16/11/2025 30/09/2026 319 d 1000.00 10.15 88.71",
            # 1000.00 × 10.40 × 47 / 36500 = 488800 / 36500 = 13.3918
            "F2 16/07/2026 31/08/2026 47 d 1000.00 10.40 13.39",
            # 600.00 × 10.40 × 30 / 36500 = 187200 / 36500 = 5.1288
            "F2 01/09/2026 30/09/2026 30 d 600.00 10.40 5.13",
        ],
        sums=[
            "F1: 88.71 + 40.00 = 128.71, principal 1000.00",
            "F2: 18.52 + 40.00 = 58.52, principal 600.00",
        ],
    ),
}


def day(text):
    """31/12/2025."""
    number, month, year = text.split("/")
    return date(int(year), int(month), int(number))


def case_of(row):
    payments = []
    for text in row.payments:
        on, amount, *more = text.split()
        number = "".join(word for word in more if word != "avoir")
        payments.append(CasePayment(day(on), Decimal(amount), number, "avoir" in more))
    invoices = [text.split() for text in row.invoices]
    rate = row.facts.get("contract_rate_percent")
    judgment = row.facts.get("insolvency_date")
    return Case(
        case_id="exemple",
        debtor=CustomerKind(row.debtor),
        invoices=tuple(CaseInvoice(n, Decimal(amount), day(due)) for n, amount, due in invoices),
        payments=tuple(payments),
        until=day(row.until),
        contract_rate=Decimal(rate) if rate else None,
        insolvency_date=date.fromisoformat(judgment) if judgment else None,
        imputation=Imputation(row.facts.get("imputation", "interest_first")),
    )


def written(number, part):
    """A slice as JSON in the form of the table."""
    first, last = (f"{date.fromisoformat(part[end]):%d/%m/%Y}" for end in ("from", "to"))
    return (
        f"{number} {first} {last} {part['days']} d {part['base']} {part['rate']} {part['amount']}"
    )


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_the_sum_of_a_story_is_the_one_worked_by_hand(row):
    told = answer_told(reckon(case_of(row)))

    assert [written(one["number"], part) for one in told["invoices"] for part in one["slices"]] == (
        row.slices
    )
    assert [
        f"{one['number']}: {one['interest']} + {one['indemnity']} = {one['total']}, "
        f"principal {one['principal_left']}"
        for one in told["invoices"]
    ] == row.sums
    assert told["unapplied"] == row.unapplied


def test_there_are_forty_five_worked_examples_and_more():
    assert len(ROWS) >= 45
    assert sum(len(row.slices) for row in ROWS.values()) >= 90


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_the_days_and_the_product_of_each_line_of_the_table_are_right(row):
    """The table itself: whole numbers only, nothing of the engine."""
    for text in row.slices:
        _, first, last, days, _, base, rate, amount = text.split()
        counted = 0
        current = day(first)
        while current <= day(last):
            counted, current = counted + 1, current + timedelta(days=1)
        cents, points = int(base.replace(".", "")), int(rate.replace(".", ""))
        product = cents * points * counted  # of hundredths of a cent, for 36500 days
        below, rest = divmod(product, 3_650_000)

        assert counted == int(days)
        assert int(amount.replace(".", "")) == below + (2 * rest >= 3_650_000)
