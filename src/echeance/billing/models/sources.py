"""What is to be billed beside orders: deliveries, time, contracts, markets, disbursements, rebates.

A source keeps the document that bills it. A discarded draft gives it back, and nothing is billed
twice: the link is one, and the unique rows of a contract are its periods.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.base.fields import AmountField


class BillingRule(models.Model):
    """Règles de facturation of a customer; without a row, one invoice an order, at once."""

    class Grouping(models.TextChoices):
        """What makes one document. A monthly one never spans two calendar months (CGI 289)."""

        ORDER = "order", "une facture par commande"
        DELIVERY = "delivery", "une facture par livraison"
        MONTHLY = "monthly", "une facture récapitulative par mois"

    class Calendar(models.TextChoices):
        """When drafts are made."""

        AT_ONCE = "at_once", "dès que possible"
        WEEKLY = "weekly", "chaque semaine"
        MONTHLY = "monthly", "chaque mois"

    class Channel(models.TextChoices):
        """How documents leave."""

        AUTO = "auto", "selon le client"
        PLATFORM = "platform", "plateforme agréée"
        CHORUS = "chorus", "Chorus Pro"
        MAIL = "mail", "courriel"
        POST = "post", "courrier"
        PORTAL = "portal", "portail du client"
        NONE = "none", "aucun envoi"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.OneToOneField(
        "parties.Party", on_delete=models.PROTECT, related_name="billing_rule"
    )
    grouping = models.CharField("regroupement", max_length=10, choices=Grouping, default="order")
    by_order_reference = models.BooleanField("jamais deux bons de commande ensemble", default=True)
    calendar = models.CharField("calendrier", max_length=10, choices=Calendar, default="at_once")
    calendar_day = models.PositiveSmallIntegerField("jour", default=0)
    price_list = models.ForeignKey(
        "billing.PriceList", on_delete=models.PROTECT, null=True, related_name="+"
    )
    discount_percent = AmountField("remise habituelle (%)", scale=6, default=0)
    currency = models.CharField("devise", max_length=3, default="EUR")
    series = models.ForeignKey(
        "billing.InvoiceSeries", on_delete=models.PROTECT, null=True, related_name="+"
    )
    channel = models.CharField("canal", max_length=10, choices=Channel, default=Channel.AUTO)
    second_channel = models.CharField(
        "canal de secours", max_length=10, choices=Channel, blank=True
    )
    portal = models.CharField("portail", max_length=60, blank=True)
    joined_pieces = models.JSONField("pièces à joindre", default=list)
    usual_amount_checked = models.BooleanField("surveiller les montants inhabituels", default=True)

    class Meta:
        """A weekday from 1 to 7, a day of the month up to 31; 0 is the last."""

        constraints = [
            models.CheckConstraint(
                condition=Q(calendar="at_once")
                | Q(calendar="weekly", calendar_day__gte=1, calendar_day__lte=7)
                | Q(calendar="monthly", calendar_day__lte=31),
                name="billing_rule_day",
            ),
        ]


class PayerShare(models.Model):
    """Prise en charge: a payer other than the buyer takes a part of what it is billed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="payer_shares"
    )
    payer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(
        "billing.Order", on_delete=models.PROTECT, null=True, related_name="payer_shares"
    )
    percent = AmountField("part (%)", scale=6, null=True)
    amount = AmountField("montant TTC", null=True)
    reference = models.CharField("numéro de prise en charge", max_length=60, blank=True)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True)
    ended_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        """A part or an amount."""

        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount__isnull=True)
                | Q(percent__isnull=True, amount__gt=0),
                name="payer_share_part_or_amount",
            ),
        ]


class Delivery(models.Model):
    """Livraison of a part of an order (BG-13); billed alone or with its month."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    order = models.ForeignKey("billing.Order", on_delete=models.PROTECT, related_name="deliveries")
    number = models.CharField("bon de livraison (BT-16)", max_length=60)
    delivered_on = models.DateField("livrée le (BT-72)")
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.CharField("par", max_length=120)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )

    class Meta:
        """A number once."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="delivery_number"),
        ]
        indexes = [
            models.Index(
                fields=["company", "delivered_on"],
                condition=Q(invoice__isnull=True),
                name="delivery_left_to_bill",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DeliveryLine(models.Model):
    """Ligne livrée: how much of a line of the order."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        "billing.OrderLine", on_delete=models.PROTECT, related_name="delivered"
    )
    quantity = AmountField("quantité livrée", scale=6)

    class Meta:
        """A line once a delivery."""

        constraints = [
            models.UniqueConstraint(fields=["delivery", "order_line"], name="delivery_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_line_quantity"),
        ]


class TimeEntry(models.Model):
    """Temps passé for a customer; billed once approved."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(
        "billing.Order", on_delete=models.PROTECT, null=True, related_name="time_entries"
    )
    source = models.CharField("source", max_length=40, default="saisie")
    external_id = models.CharField("identifiant de la source", max_length=60)
    person = models.CharField("intervenant", max_length=120)
    worked_on = models.DateField("jour")
    hours = AmountField("heures", scale=6)
    description = models.CharField("travail", max_length=200)
    item = models.ForeignKey("billing.Item", on_delete=models.PROTECT, null=True, related_name="+")
    hourly_rate = AmountField("taux horaire HT", scale=6)
    is_billable = models.BooleanField("facturable", default=True)
    approved_at = models.DateTimeField("validé le", null=True)
    approved_by = models.CharField("validé par", max_length=120, blank=True)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="time_entries"
    )

    class Meta:
        """The same hours are recorded once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "source", "external_id"], name="time_entry_once"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="time_entry_hours"),
        ]
        indexes = [
            models.Index(
                fields=["company", "party", "worked_on"],
                condition=Q(invoice__isnull=True),
                name="time_left_to_bill",
            ),
        ]


class Contract(models.Model):
    """Contrat or subscription, billed period by period; its terms are those of core.recurrence."""

    class Step(models.TextChoices):
        """Length of a period."""

        MONTH = "month", "mois"
        QUARTER = "quarter", "trimestre"
        HALF_YEAR = "half_year", "semestre"
        YEAR = "year", "année"

    class Timing(models.TextChoices):
        """When a period is billed."""

        ADVANCE = "advance", "terme à échoir"
        ARREARS = "arrears", "terme échu"

    class Proration(models.TextChoices):
        """How a part of a period is counted."""

        DAYS = "days", "en jours"
        THIRTIETHS = "thirtieths", "en trentièmes"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField("numéro (BT-12)", max_length=60)
    name = models.CharField("objet", max_length=200)
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour", null=True)
    step = models.CharField("période", max_length=10, choices=Step, default=Step.MONTH)
    timing = models.CharField("terme", max_length=8, choices=Timing, default=Timing.ADVANCE)
    calendar = models.BooleanField("périodes civiles", default=False)
    proration = models.CharField(
        "prorata", max_length=10, choices=Proration, default=Proration.DAYS
    )
    order_reference = models.CharField("bon de commande (BT-13)", max_length=60, blank=True)
    currency = models.CharField("devise", max_length=3, default="EUR")
    payment_terms = models.CharField("conditions de règlement", max_length=200, blank=True)
    formula = models.JSONField("formule de révision", null=True)
    revised_every_months = models.PositiveSmallIntegerField("révisé tous les (mois)", default=12)
    terminated_at = models.DateTimeField("résilié le", null=True)
    terminated_reason = models.CharField("motif de résiliation", max_length=200, blank=True)
    created_at = models.DateTimeField("créé le")
    created_by = models.CharField("par", max_length=120)

    class Meta:
        """One number; it ends after it starts."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="contract_number"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="contract_ordered",
            ),
        ]
        indexes = [models.Index(fields=["company", "party"], name="contract_party")]

    def __str__(self) -> str:
        return self.number


class ContractLine(models.Model):
    """Ligne of a contract; its price is that of the origin, revised by the formula of the contract.

    An amendment ends a line and begins another: nothing of what was billed changes.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField("rang")
    item = models.ForeignKey("billing.Item", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("désignation (BT-153)", max_length=200)
    description = models.TextField("description (BT-154)", blank=True)
    nature = models.CharField("nature", max_length=8, default="services")
    quantity = AmountField("quantité", scale=6, default=1)
    unit_code = models.CharField("unité", max_length=3, default="C62")
    unit_price = AmountField("prix d'une période HT", scale=6)
    discount_percent = AmountField("remise (%)", scale=6, default=0)
    vat_rate = AmountField("taux de TVA", scale=6, null=True)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    revenue_account = models.CharField("compte de produit", max_length=12, blank=True)
    is_revised = models.BooleanField("révisée par l'indice", default=True)
    starts_on = models.DateField("du", null=True)
    ends_on = models.DateField("au", null=True)

    class Meta:
        """Ordered."""

        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="contract_line_position"),
        ]


class ContractPeriod(models.Model):
    """Période of a contract that was drafted: one row, whatever becomes of its document."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="periods")
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    revision = models.JSONField("révision appliquée", null=True)
    drafted_at = models.DateTimeField("préparée le")
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="contract_periods"
    )
    waived_at = models.DateTimeField("non facturée le", null=True)
    waived_reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        """A first day once a contract."""

        constraints = [
            models.UniqueConstraint(fields=["contract", "starts_on"], name="contract_period_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="contract_period_ordered"
            ),
        ]


class Market(models.Model):
    """Marché: works or a project billed by milestones or by progress statements."""

    class Mode(models.TextChoices):
        """What its documents follow."""

        PROGRESS = "progress", "situations de travaux"
        MILESTONES = "milestones", "jalons"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("numéro (BT-11)", max_length=60)
    name = models.CharField("objet", max_length=200)
    mode = models.CharField("mode", max_length=10, choices=Mode, default=Mode.PROGRESS)
    order_reference = models.CharField("bon de commande (BT-13)", max_length=60, blank=True)
    signed_on = models.DateField("signé le")
    retention_percent = AmountField("retenue de garantie (%)", scale=6, default=0)
    has_retention_bond = models.BooleanField("caution à la place de la retenue", default=False)
    accepted_on = models.DateField("réception le", null=True)
    frame = models.CharField("cadre (BT-23)", max_length=3, blank=True)
    closed_at = models.DateTimeField("soldé le", null=True)

    class Meta:
        """One number; the law allows 5 % at most (loi n° 71-584 art. 1)."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="market_number"),
            models.CheckConstraint(
                condition=Q(retention_percent__gte=0) & Q(retention_percent__lte=5),
                name="market_retention_legal",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MarketLine(models.Model):
    """Poste of a market, or milestone with the day it was reached."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField("rang")
    name = models.CharField("désignation (BT-153)", max_length=200)
    nature = models.CharField("nature", max_length=8, default="services")
    net_amount = AmountField("montant HT")
    vat_rate = AmountField("taux de TVA", scale=6, null=True)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    revenue_account = models.CharField("compte de produit", max_length=12, blank=True)
    expected_on = models.DateField("prévu le", null=True)
    reached_on = models.DateField("atteint le", null=True)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="milestones"
    )

    class Meta:
        """Ordered."""

        constraints = [
            models.UniqueConstraint(fields=["market", "position"], name="market_line_position"),
        ]


class ProgressStatement(models.Model):
    """Situation de travaux: progress since the beginning at a day, and its document."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="statements")
    rank = models.PositiveIntegerField("rang")
    on = models.DateField("arrêtée au")
    is_final = models.BooleanField("décompte final", default=False)
    drafted_at = models.DateTimeField("préparée le")
    drafted_by = models.CharField("par", max_length=120)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="statements"
    )

    class Meta:
        """One rank a market."""

        constraints = [
            models.UniqueConstraint(fields=["market", "rank"], name="statement_rank"),
        ]


class ProgressStatementLine(models.Model):
    """Avancement of a line in a statement: per cent and amount since the beginning."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    statement = models.ForeignKey(ProgressStatement, on_delete=models.CASCADE, related_name="lines")
    market_line = models.ForeignKey(MarketLine, on_delete=models.PROTECT, related_name="+")
    percent = AmountField("avancement (%)", scale=6)
    cumulative = AmountField("cumul HT")
    net_amount = AmountField("montant HT de la situation")

    class Meta:
        """A line once a statement."""

        constraints = [
            models.UniqueConstraint(
                fields=["statement", "market_line"], name="statement_line_once"
            ),
        ]


class Deposit(models.Model):
    """Acompte asked for on an order, a quote or a market; its invoice is a prepayment (386)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(
        "billing.Order", on_delete=models.PROTECT, null=True, related_name="deposits"
    )
    market = models.ForeignKey(Market, on_delete=models.PROTECT, null=True, related_name="deposits")
    label = models.CharField("libellé", max_length=200)
    percent = AmountField("part (%)", scale=6, null=True)
    net_amount = AmountField("montant HT")
    created_at = models.DateTimeField("demandé le")
    created_by = models.CharField("par", max_length=120)
    invoice = models.OneToOneField(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="deposit_of"
    )
    cancelled_at = models.DateTimeField("abandonné le", null=True)

    class Meta:
        """On one order or one market."""

        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, market__isnull=True)
                | Q(order__isnull=True, market__isnull=False),
                name="deposit_on_one",
            ),
            models.CheckConstraint(condition=Q(net_amount__gt=0), name="deposit_amount"),
        ]


class Disbursement(models.Model):
    """Débours paid in the customer's name and for it: rebilled to the cent, outside VAT.

    Source: CGI art. 267, II-2°.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(
        "billing.Order", on_delete=models.PROTECT, null=True, related_name="disbursements"
    )
    paid_on = models.DateField("payé le")
    label = models.CharField("objet", max_length=200)
    supplier_reference = models.CharField("pièce du fournisseur", max_length=80)
    amount = AmountField("montant payé")
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="disbursements"
    )

    class Meta:
        """The same piece once a customer."""

        constraints = [
            models.UniqueConstraint(
                fields=["party", "supplier_reference", "paid_on"], name="disbursement_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_amount"),
        ]


class Accrual(models.Model):
    """Régularisation of a month end: invoices (4181) or credit notes (4198) not yet made."""

    class Kind(models.TextChoices):
        """What it stands for."""

        TO_INVOICE = "to_invoice", "factures à établir"
        TO_CREDIT = "to_credit", "avoirs à établir"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("genre", max_length=10, choices=Kind)
    closing = models.DateField("arrêté au")
    net_total = AmountField("total HT")
    vat_total = AmountField("total TVA")
    lines = models.JSONField("détail", default=list)
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    reversal = models.OneToOneField(
        "ledger.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    posted_at = models.DateTimeField("passée le")
    posted_by = models.CharField("par", max_length=120)

    class Meta:
        """One in force a kind and closing day."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "closing"],
                condition=Q(reversal__isnull=True),
                name="accrual_in_force",
            ),
        ]


class RebateAgreement(models.Model):
    """Accord de remise de fin d'année (RFA) with a customer or its whole group."""

    class Basis(models.TextChoices):
        """How the tiers apply."""

        WHOLE = "whole", "le taux atteint, sur tout"
        SLICES = "slices", "chaque tranche à son taux"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("contrat (BT-12)", max_length=60)
    for_group = models.BooleanField("chiffre d'affaires du groupe", default=False)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    basis = models.CharField("calcul", max_length=10, choices=Basis, default=Basis.WHOLE)
    tiers = models.JSONField("paliers", default=list)
    item_codes = models.JSONField("articles concernés", default=list)
    closed_at = models.DateTimeField("clos le", null=True)

    class Meta:
        """One number; it ends after it starts."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="rebate_number"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="rebate_ordered"),
        ]

    def __str__(self) -> str:
        return self.number


class RebateSettlement(models.Model):
    """Décompte of a rebate: the turnover it was reckoned on, and its credit note (262)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    agreement = models.ForeignKey(
        RebateAgreement, on_delete=models.PROTECT, related_name="settlements"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    turnover = AmountField("chiffre d'affaires HT")
    amount = AmountField("remise HT")
    detail = models.JSONField("calcul", default=dict)
    settled_at = models.DateTimeField("arrêté le")
    settled_by = models.CharField("par", max_length=120)
    invoice = models.OneToOneField(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="rebate"
    )

    class Meta:
        """A period once."""

        constraints = [
            models.UniqueConstraint(fields=["agreement", "starts_on"], name="rebate_period_once"),
        ]
