"""The outbox: messages, their files, and what became of them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from echeance.core.lifecycle import ROLE_LABELS
from echeance.transmission.platform.types import (
    FlowInfo,
    FlowProfile,
    FlowSyntax,
    ProcessingRule,
)
from echeance.transmission.types import (
    CompanyRole,
    Direction,
    FlowState,
    MailFacts,
    PostalState,
    ReceptionState,
    Status,
)


class Message(models.Model):
    """Envoi: one e-mail to one customer, kept from the moment it is asked for.

    Its addresses are frozen when it is queued, its words when it is let go; then only its course
    changes.
    """

    class StatusLabel(models.TextChoices):
        """Where it stands."""

        HELD = Status.HELD.value, "retenu"
        RELEASED = Status.RELEASED.value, "à envoyer"
        IN_FLIGHT = Status.IN_FLIGHT.value, "en cours d'envoi"
        SENT = Status.SENT.value, "envoyé"
        REFUSED = Status.REFUSED.value, "refusé"
        BOUNCED = Status.BOUNCED.value, "non remis"
        UNKNOWN = Status.UNKNOWN.value, "issue inconnue"
        EXPIRED = Status.EXPIRED.value, "accord expiré"
        WITHDRAWN = Status.WITHDRAWN.value, "retiré"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    key = models.CharField("clé", max_length=120)
    kind = models.CharField("genre", max_length=40)
    channel = models.CharField("voie", max_length=12, default="mail")
    subject = models.CharField("objet", max_length=80)
    sender = models.CharField("de", max_length=254)
    sender_name = models.CharField("nom de l'expéditeur", max_length=200, blank=True)
    to = models.JSONField("à", default=list)
    cc = models.JSONField("copie", default=list)
    reply_to = models.CharField("répondre à", max_length=254, blank=True)
    subject_line = models.CharField("sujet", max_length=200)
    body = models.TextField("texte")
    html = models.TextField("texte HTML", blank=True)
    message_id = models.CharField("Message-ID (RFC 5322)", max_length=300)
    status = models.CharField("état", max_length=10, choices=StatusLabel, default=Status.HELD)
    created_at = models.DateTimeField("préparé le")
    hold_until = models.DateTimeField("retenu jusqu'à")
    released_at = models.DateTimeField("accordé le", null=True)
    release_expires_at = models.DateTimeField("accord valable jusqu'à", null=True)
    retry_at = models.DateTimeField("nouvel essai après", null=True)
    in_flight_at = models.DateTimeField("remis au serveur le", null=True)
    in_flight_until = models.DateTimeField("bail de l'expéditeur jusqu'à", null=True)
    sent_by = models.CharField("processus expéditeur", max_length=80, blank=True)
    finished_at = models.DateTimeField("fini le", null=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    response = models.TextField("réponse du serveur", blank=True)
    refused_recipients = models.JSONField("destinataires refusés", default=dict)
    content_sha256 = models.CharField("empreinte du courriel remis", max_length=64, blank=True)

    class Meta:
        """One key, one message; a message that may have left says when."""

        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="message_key_unique"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="message_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_flight", "sent", "bounced", "unknown"])
                | Q(in_flight_at__isnull=False),
                name="message_left_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["sent", "refused", "bounced", "unknown", "withdrawn"],
                    finished_at__isnull=False,
                )
                | Q(
                    status__in=["held", "released", "in_flight", "expired"],
                    finished_at__isnull=True,
                ),
                name="message_finished_iff_done",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "subject"], name="message_subject"),
            models.Index(fields=["company", "status", "-id"], name="message_status"),
            models.Index(fields=["message_id"], name="message_rfc_id"),
            models.Index(
                fields=["released_at"], name="message_due", condition=Q(status="released")
            ),
            models.Index(
                fields=["in_flight_until"], name="message_flying", condition=Q(status="in_flight")
            ),
        ]

    def __str__(self) -> str:
        return self.subject_line

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address of the envelope, once."""
        return tuple(dict.fromkeys([*self.to, *self.cc]))

    def mail_facts(self, date: datetime) -> MailFacts:
        """What its e-mail is made of when it is handed over at ``date``."""
        return MailFacts(
            message_id=self.message_id,
            date=date,
            sender=self.sender,
            sender_name=self.sender_name,
            to=tuple(self.to),
            cc=tuple(self.cc),
            reply_to=self.reply_to,
            subject_line=self.subject_line,
            body=self.body,
            html=self.html,
        )


class MessageFile(models.Model):
    """Pièce jointe: an archived file that goes with a message."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    order = models.PositiveSmallIntegerField("rang")

    class Meta:
        """Files keep their order."""

        constraints = [
            models.UniqueConstraint(fields=["message", "order"], name="message_file_order"),
        ]


class MessageEvent(models.Model):
    """Étape d'un envoi: rows are added, never changed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField("instant")
    status = models.CharField("état", max_length=10, choices=Message.StatusLabel)
    detail = models.TextField("détail", blank=True)

    class Meta:
        """Read message by message."""

        indexes = [models.Index(fields=["message", "id"], name="message_event_order")]


class LifecycleStatus(models.Model):
    """Statut du cycle de vie of a document on the platforms: rows are added, never changed.

    What the other side says is kept even when it contradicts what is known: ``anomaly`` then says
    why, and the row counts for nothing in the life of the document.
    """

    class DirectionLabel(models.TextChoices):
        """Whether the company was told, or tells."""

        IN = Direction.IN.value, "reçu"
        OUT = Direction.OUT.value, "émis"

    class RoleLabel(models.TextChoices):
        """What the company is in the document."""

        SELLER = CompanyRole.SELLER.value, "vendeur"
        BUYER = CompanyRole.BUYER.value, "acheteur"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    direction = models.CharField("sens", max_length=3, choices=DirectionLabel)
    role = models.CharField("rôle de la société", max_length=6, choices=RoleLabel)
    document_ref = models.CharField("numéro (MDT-87)", max_length=80)
    document_type = models.CharField("type (MDT-91)", max_length=3, blank=True)
    document_date = models.DateField("date du document (MDT-100)", null=True)
    counterparty_siren = models.CharField("SIREN de l'autre partie", max_length=9, blank=True)
    counterparty_address = models.CharField("son adresse (MDT-73)", max_length=125, blank=True)
    code = models.PositiveSmallIntegerField("statut (MDT-105)")
    issuer = models.CharField(
        "donné par",
        max_length=18,
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
    )
    public = models.BooleanField("de Chorus Pro", default=False)
    status_at = models.DateTimeField("horodatage du statut (MDT-78)")
    reasons = models.JSONField("motifs (MDG-37)", default=list)
    amounts = models.JSONField("montants par taux (MDG-43)", default=list)
    source = models.CharField("provenance", max_length=120)
    sequence = models.PositiveIntegerField("rang dans la provenance", default=0)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    anomaly = models.TextField("incohérence", blank=True)
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """A message may come twice: it is kept once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "source", "sequence"], name="lifecycle_status_once"
            ),
            models.CheckConstraint(
                condition=Q(code__gte=100, code__lte=999), name="lifecycle_code_of_three"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "document_ref"], name="lifecycle_document"),
            models.Index(fields=["company", "direction", "id"], name="lifecycle_cursor"),
        ]

    def __str__(self) -> str:
        return f"{self.document_ref} {self.code}"


class Flow(models.Model):
    """Dépôt on the platform: one file, handed over once, and what the platform thinks of it."""

    class StateLabel(models.TextChoices):
        """Where it stands."""

        QUEUED = FlowState.QUEUED.value, "à déposer"
        IN_FLIGHT = FlowState.IN_FLIGHT.value, "en cours de dépôt"
        UNKNOWN = FlowState.UNKNOWN.value, "issue inconnue"
        DEPOSITED = FlowState.DEPOSITED.value, "déposé"
        ACCEPTED = FlowState.ACCEPTED.value, "accepté"
        REFUSED = FlowState.REFUSED.value, "refusé"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    tracking_id = models.CharField("identifiant de suivi", max_length=100)
    subject = models.CharField("objet", max_length=80)
    document_ref = models.CharField("numéro du document", max_length=80)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    sha256 = models.CharField("empreinte", max_length=64)
    name = models.CharField("nom du fichier", max_length=200)
    syntax = models.CharField(
        "syntaxe", max_length=10, choices=[(one.value, one.value) for one in FlowSyntax]
    )
    profile = models.CharField(
        "profil",
        max_length=20,
        blank=True,
        choices=[(one.value, one.value) for one in FlowProfile],
    )
    rule = models.CharField(
        "règle de traitement",
        max_length=20,
        choices=[(one.value, one.value) for one in ProcessingRule],
    )
    state = models.CharField("état", max_length=10, choices=StateLabel, default=FlowState.QUEUED)
    flow_id = models.CharField("numéro de la plateforme", max_length=200, blank=True)
    detail = models.TextField("précision", blank=True)
    reasons = models.JSONField("motifs de la plateforme", default=list)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    losses = models.PositiveSmallIntegerField("réponses perdues", default=0)
    looks = models.PositiveSmallIntegerField("recherches sans succès", default=0)
    created_at = models.DateTimeField("préparé le")
    # Nothing: it waits for a person.
    retry_at = models.DateTimeField("pas avant", null=True)
    in_flight_at = models.DateTimeField("remis le", null=True)
    in_flight_until = models.DateTimeField("bail jusqu'à", null=True)
    sent_by = models.CharField("processus", max_length=80, blank=True)
    deposited_at = models.DateTimeField("déposé le", null=True)
    finished_at = models.DateTimeField("avis rendu le", null=True)

    class Meta:
        """One tracking id, one deposit; what is proved says by what."""

        constraints = [
            models.UniqueConstraint(fields=["company", "tracking_id"], name="flow_tracking_id"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in FlowState]),
                name="flow_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["deposited", "accepted"])
                | Q(deposited_at__isnull=False) & ~Q(flow_id=""),
                name="flow_deposited_has_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_flight")
                | Q(in_flight_at__isnull=False, in_flight_until__isnull=False),
                name="flow_left_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "refused"], finished_at__isnull=False)
                | Q(
                    state__in=["queued", "in_flight", "unknown", "deposited"],
                    finished_at__isnull=True,
                ),
                name="flow_finished_iff_judged",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "subject"], name="flow_subject"),
            models.Index(fields=["company", "state", "-id"], name="flow_state"),
            models.Index(
                fields=["retry_at"], name="flow_due", condition=Q(state__in=["queued", "unknown"])
            ),
            models.Index(
                fields=["in_flight_until"], name="flow_flying", condition=Q(state="in_flight")
            ),
        ]

    def __str__(self) -> str:
        return self.document_ref

    @property
    def info(self) -> FlowInfo:
        """What is said of it when it is handed over."""
        return FlowInfo(
            name=self.name,
            syntax=FlowSyntax(self.syntax),
            rule=ProcessingRule(self.rule),
            tracking_id=self.tracking_id,
            sha256=self.sha256,
            profile=FlowProfile(self.profile) if self.profile else None,
        )


class FlowCursor(models.Model):
    """Repère de lecture: up to which change the platform has been read, one row a company."""

    company = models.OneToOneField("base.Company", on_delete=models.PROTECT)
    updated_after = models.DateTimeField("changements lus jusqu'à")
    polled_at = models.DateTimeField("lu le")


class ReceivedFlow(models.Model):
    """Document reçu from the platform: read and attached, or in quarantine with its reason."""

    class StateLabel(models.TextChoices):
        """What became of it."""

        RECEIVED = ReceptionState.RECEIVED.value, "reçu"
        QUARANTINED = ReceptionState.QUARANTINED.value, "en quarantaine"
        REPEATED = ReceptionState.REPEATED.value, "déjà reçu"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    number = models.PositiveIntegerField("rang d'arrivée")
    flow_id = models.CharField("numéro de la plateforme", max_length=200)
    flow_type = models.CharField("genre de flux", max_length=40)
    name = models.CharField("nom du fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, null=True)
    state = models.CharField("état", max_length=11, choices=StateLabel)
    kind = models.CharField("document", max_length=10, blank=True)
    syntax = models.CharField("syntaxe", max_length=10, blank=True)
    document_ref = models.CharField("numéro (BT-1)", max_length=80, blank=True)
    document_type = models.CharField("type (BT-3)", max_length=3, blank=True)
    document_date = models.DateField("date (BT-2)", null=True)
    seller_siren = models.CharField("SIREN du vendeur", max_length=9, blank=True)
    seller_name = models.CharField("vendeur (BT-27)", max_length=200, blank=True)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    reason = models.TextField("motif de quarantaine", blank=True)
    reason_code = models.CharField("code du motif", max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField("lectures", default=1)
    received_at = models.DateTimeField("reçu le")
    read_at = models.DateTimeField("dernière lecture")

    class Meta:
        """One flow, one row; a quarantine says why."""

        constraints = [
            models.UniqueConstraint(fields=["company", "flow_id"], name="received_flow_once"),
            models.UniqueConstraint(fields=["company", "number"], name="received_flow_number"),
            models.CheckConstraint(
                condition=Q(state="quarantined") & ~Q(reason="")
                | Q(state__in=["received", "repeated"], reason="", file__isnull=False),
                name="received_flow_reason_iff_aside",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="received_flow_state"),
            models.Index(fields=["company", "sha256"], name="received_flow_sha256"),
            models.Index(fields=["company", "seller_siren"], name="received_flow_seller"),
        ]

    def __str__(self) -> str:
        return self.document_ref or self.name


class PostalBatch(models.Model):
    """Lot de courriers: one PDF to print and its list; then the day it was posted, with a proof."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    number = models.PositiveIntegerField("numéro du lot")
    provider = models.CharField("imprimeur", max_length=60)
    letters_count = models.PositiveIntegerField("courriers")
    sheets = models.PositiveIntegerField("feuilles")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    manifest = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField("imprimé le")
    printed_by = models.CharField("par", max_length=120)
    posted_on = models.DateField("posté le", null=True)
    posted_by = models.CharField("posté par", max_length=120, blank=True)
    proof = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField("remarque", max_length=200, blank=True)

    class Meta:
        """A number once a company; a batch that was posted says by whom."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="postal_batch_number"),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True, posted_by="")
                | (Q(posted_on__isnull=False) & ~Q(posted_by="")),
                name="postal_batch_posted_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class PostalItem(models.Model):
    """Courrier: a document to print and post; printed in one batch, never in two."""

    class StateLabel(models.TextChoices):
        """Where it stands."""

        QUEUED = PostalState.QUEUED.value, "à imprimer"
        PRINTED = PostalState.PRINTED.value, "imprimé"
        POSTED = PostalState.POSTED.value, "posté"
        WITHDRAWN = PostalState.WITHDRAWN.value, "retiré"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True)
    key = models.CharField("clé", max_length=120)
    subject = models.CharField("objet", max_length=80)
    document_ref = models.CharField("numéro du document", max_length=80)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    address = models.JSONField("adresse", default=list)
    is_duplicate = models.BooleanField("duplicata", default=False)
    registered = models.BooleanField("recommandé avec avis de réception", default=False)
    state = models.CharField("état", max_length=10, choices=StateLabel, default=PostalState.QUEUED)
    queued_at = models.DateTimeField("demandé le")
    queued_by = models.CharField("par", max_length=120)
    batch = models.ForeignKey(
        PostalBatch, on_delete=models.PROTECT, null=True, related_name="letters"
    )
    rank = models.PositiveIntegerField("rang dans le lot", null=True)

    class Meta:
        """One key, one letter; what is printed is in a batch."""

        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="postal_item_key"),
            models.UniqueConstraint(fields=["batch", "rank"], name="postal_item_rank"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "withdrawn"], batch__isnull=True)
                | Q(state__in=["printed", "posted"], batch__isnull=False, rank__isnull=False),
                name="postal_item_printed_in_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "subject"], name="postal_item_subject"),
            models.Index(fields=["company", "state", "id"], name="postal_item_state"),
        ]

    def __str__(self) -> str:
        return self.document_ref
