"""Company, people, journal, counters, policy, jobs and work items."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField
from echeance.base.rights import ROLE_LABELS, Role


class Company(models.Model):
    """Société émettrice (BG-4 Seller): identity, tax regime, defaults of its documents."""

    class VatRegime(models.TextChoices):
        """How the company owes VAT."""

        MONTHLY = "monthly", "réel normal, mensuel"
        QUARTERLY = "quarterly", "réel normal, trimestriel"
        FRANCHISE = "franchise", "franchise en base (art. 293 B du CGI)"

    class Size(models.TextChoices):
        """Size at 01/01/2025, which fixes its e-invoicing dates (décret 2022-1299)."""

        LARGE = "large", "grande entreprise ou ETI"
        SMALL = "small", "PME ou microentreprise"

    name = models.CharField("raison sociale (BT-27)", max_length=200)
    legal_form = models.CharField("forme juridique", max_length=60, blank=True)
    share_capital = AmountField("capital social", null=True)
    siren = models.CharField("SIREN (BT-30)", max_length=9, unique=True)
    siret = models.CharField("SIRET du siège", max_length=14, blank=True)
    vat_id = models.CharField("n° de TVA (BT-31)", max_length=20, blank=True)
    rcs_city = models.CharField("ville du RCS", max_length=60, blank=True)
    address_line = models.CharField("adresse (BT-35)", max_length=200, blank=True)
    address_extra = models.CharField("complément (BT-36)", max_length=200, blank=True)
    postcode = models.CharField("code postal (BT-38)", max_length=12, blank=True)
    city = models.CharField("ville (BT-37)", max_length=80, blank=True)
    country = models.CharField("pays (BT-40)", max_length=2, default="FR")
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    electronic_address = models.CharField(
        "adresse de facturation électronique (BT-34, schéma 0225)", max_length=125, blank=True
    )
    vat_regime = models.CharField(
        "régime de TVA", max_length=12, choices=VatRegime, default=VatRegime.MONTHLY
    )
    vat_on_debits_since = models.DateField("option TVA d'après les débits depuis", null=True)
    payment_terms = models.CharField(
        "conditions de règlement habituelles (BT-20)", max_length=200, default="net30"
    )
    size = models.CharField("taille", max_length=8, choices=Size, default=Size.SMALL)
    is_practice = models.BooleanField("société d'entraînement", default=False)
    created_at = models.DateTimeField("créée le")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user signing in."""
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who signs in. What they may do is said company by company."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    email = models.EmailField("courriel", unique=True)
    full_name = models.CharField("nom", max_length=120)
    language = models.CharField("langue", max_length=5, default="fr")
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le")

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.full_name


class Membership(models.Model):
    """What a person is in a company. Ended, never deleted."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(
        "rôle", max_length=14, choices=[(role.value, label) for role, label in ROLE_LABELS.items()]
    )
    started_at = models.DateTimeField("depuis")
    ended_at = models.DateTimeField("jusqu'à", null=True)

    class Meta:
        """One running membership a person and company."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=Q(ended_at__isnull=True),
                name="membership_one_running",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="membership_role_known"
            ),
        ]


class JournalEvent(models.Model):
    """Journal d'audit: who did what, when, to what. Rows are added, never changed."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    at = models.DateTimeField("instant")
    actor = models.CharField("auteur", max_length=120)
    action = models.CharField("action", max_length=80)
    subject = models.CharField("objet", max_length=80)
    facts = models.JSONField("faits", default=dict)

    class Meta:
        """Read by subject and by day."""

        indexes = [
            models.Index(fields=["company", "subject"], name="journal_subject"),
            models.Index(fields=["company", "at"], name="journal_at"),
        ]


class Counter(models.Model):
    """Compteur: one named, unbroken run of numbers. Only ``counters`` touches it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=60)
    last = models.PositiveBigIntegerField("dernier", default=0)

    class Meta:
        """One row a run."""

        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="counter_unique"),
        ]


class PolicyVersion(models.Model):
    """Règles de conduite of a company; each save adds a version, the highest one is in force."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField("version")
    document = models.JSONField("règles", default=dict)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.CharField("par", max_length=120)
    note = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        """Versions are never reused."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="policy_version_unique"),
        ]


class WorkItem(models.Model):
    """À traiter: a question to a person, with its evidence and the answers offered.

    Open while ``closed_at`` is empty. ``key`` names the matter: a matter has one open item.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.CharField("affaire", max_length=120)
    kind = models.CharField("genre", max_length=40)
    subject = models.CharField("objet", max_length=80)
    title = models.CharField("question", max_length=300)
    evidence = models.JSONField("éléments", default=dict)
    answers = models.JSONField("réponses proposées", default=list)
    amount = AmountField("montant en jeu", default=0)
    due_date = models.DateField("à traiter avant", null=True)
    opened_at = models.DateTimeField("ouverte le")
    opened_by = models.CharField("par", max_length=120)
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="work_items"
    )
    snoozed_until = models.DateField("reportée au", null=True)
    closed_at = models.DateTimeField("close le", null=True)
    closed_by = models.CharField("close par", max_length=120, blank=True)
    answer = models.CharField("réponse donnée", max_length=80, blank=True)

    class Meta:
        """One open item a matter."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "key"],
                condition=Q(closed_at__isnull=True),
                name="work_item_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "kind"],
                condition=Q(closed_at__isnull=True),
                name="work_item_open",
            ),
            models.Index(fields=["company", "subject"], name="work_item_subject"),
        ]


class ColleagueQuestion(models.Model):
    """Question asked to a colleague about a matter, answered in the product or by a signed link.

    Only the digest of the link's secret is kept. ``subject`` names the object, as in the journal.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    subject = models.CharField("objet", max_length=80)
    work_item = models.ForeignKey(
        WorkItem, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    text = models.TextField("question")
    asked_at = models.DateTimeField("posée le")
    asked_by = models.CharField("par", max_length=120)
    asked_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="questions_asked"
    )
    email = models.EmailField("adresse", blank=True)
    secret_digest = models.CharField("empreinte du secret", max_length=64, blank=True)
    answer_by = models.DateField("réponse attendue le", null=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    answered_by = models.CharField("répondu par", max_length=120, blank=True)
    answer = models.TextField("réponse", blank=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        """Found by its link, listed by its object."""

        constraints = [
            models.UniqueConstraint(
                fields=["secret_digest"],
                condition=~Q(secret_digest=""),
                name="colleague_question_secret",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "subject"], name="colleague_question_subject"),
        ]


class Job(models.Model):
    """Tâche de fond: written in the business transaction, so the row is the outbox.

    ``key`` makes an enqueue idempotent, and a periodic slot safe on many machines. A running
    job holds a lease; a lease that lapses gives the job back, and results are fenced by
    ``attempts`` so that a late worker cannot overwrite its successor.
    """

    class Status(models.TextChoices):
        """Where it stands; the names are those of Django Tasks."""

        READY = "READY", "prête"
        RUNNING = "RUNNING", "en cours"
        SUCCESSFUL = "SUCCESSFUL", "faite"
        FAILED = "FAILED", "en échec"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True)
    path = models.CharField("tâche", max_length=200)
    kwargs = models.JSONField("arguments", default=dict)
    queue = models.CharField("file", max_length=32, default="default")
    priority = models.SmallIntegerField("priorité", default=0)
    key = models.CharField("clé", max_length=200, null=True, unique=True)  # noqa: DJ001  unique or none
    status = models.CharField("état", max_length=12, choices=Status, default=Status.READY)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    max_attempts = models.PositiveSmallIntegerField("essais au plus", default=5)
    run_after = models.DateTimeField("pas avant")
    lease_until = models.DateTimeField("bail jusqu'à", null=True)
    worker = models.CharField("exécutant", max_length=80, blank=True)
    enqueued_at = models.DateTimeField("déposée le")
    started_at = models.DateTimeField("commencée le", null=True)
    finished_at = models.DateTimeField("finie le", null=True)
    result = models.JSONField("résultat", null=True)
    errors = models.JSONField("erreurs", default=list)

    class Meta:
        """Idle polling reads one small index."""

        indexes = [
            models.Index(
                fields=["queue", "-priority", "run_after"],
                name="job_ready",
                condition=Q(status="READY"),
            ),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(status="RUNNING")),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]


class ApiToken(models.Model):
    """Jeton of the API: only its SHA-256 is kept."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=80)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    created_at = models.DateTimeField("créé le")
    revoked_at = models.DateTimeField("révoqué le", null=True)


class IdempotentRequest(models.Model):
    """The first answer given to an ``Idempotency-Key``, repeated to the same request."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.CharField("clé", max_length=120)
    request_sha256 = models.CharField("empreinte de la demande", max_length=64)
    status = models.PositiveSmallIntegerField("statut HTTP")
    body = models.TextField("réponse")
    created_at = models.DateTimeField("reçue le")

    class Meta:
        """One answer a key."""

        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="idempotency_key_unique"),
        ]


class SheetExport(models.Model):
    """Liste exportée for a spreadsheet: what the file that comes back is compared with."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    sheet = models.CharField("liste", max_length=40)
    columns = models.JSONField("colonnes", default=list)
    keys = models.JSONField("fiches", default=list)
    exported_at = models.DateTimeField("exportée le")
    exported_by = models.CharField("par", max_length=120)


class SheetImport(models.Model):
    """Fichier revenu du tableur: its differences are proposed; a person takes some, undoes all."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    sheet = models.CharField("liste", max_length=40)
    export = models.ForeignKey(SheetExport, on_delete=models.PROTECT, null=True)
    filename = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    rows = models.PositiveIntegerField("lignes")
    unchanged = models.PositiveIntegerField("lignes identiques")
    problems = models.JSONField("cellules refusées", default=list)
    notices = models.JSONField("remarques", default=list)
    read_at = models.DateTimeField("lu le")
    read_by = models.CharField("par", max_length=120)
    applied_at = models.DateTimeField("repris le", null=True)
    applied_by = models.CharField("repris par", max_length=120, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.CharField("annulé par", max_length=120, blank=True)

    class Meta:
        """The same file is found by its bytes."""

        indexes = [models.Index(fields=["company", "sheet", "sha256"], name="sheet_import_file")]

    def __str__(self) -> str:
        return self.filename


class SheetChange(models.Model):
    """Différence of one row of a file; ``before`` and ``after`` are its record when taken."""

    class ChangeKind(models.TextChoices):
        """What the row does."""

        CHANGED = "changed", "modifiée"
        NEW = "new", "nouvelle"
        REMOVED = "removed", "absente du fichier"

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "à décider"
        APPLIED = "applied", "reprise"
        REFUSED = "refused", "refusée"
        STALE = "stale", "modifiée entre-temps"
        UNDONE = "undone", "annulée"
        KEPT = "kept", "gardée, modifiée depuis"

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    sheet_import = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="changes")
    row = models.PositiveIntegerField("ligne du fichier")
    kind = models.CharField("genre", max_length=8, choices=ChangeKind)
    state = models.CharField("état", max_length=8, choices=State, default=State.OPEN)
    key = models.CharField("fiche", max_length=20, blank=True)
    label = models.CharField("nom", max_length=200)
    fields = models.JSONField("champs", default=list)
    before = models.JSONField("avant", default=dict)
    after = models.JSONField("après", default=dict)
    told = models.JSONField("remarques", default=list)

    class Meta:
        """Read by import."""

        indexes = [models.Index(fields=["sheet_import", "state"], name="sheet_change_state")]
