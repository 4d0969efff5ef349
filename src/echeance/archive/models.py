"""Files kept by content, and the words they are found by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """Fichier archivé: one row a company and content. Only ``keep_until`` ever changes, upwards."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("taille en octets")
    media_type = models.CharField("type de contenu", max_length=100)
    filename = models.CharField("nom du fichier", max_length=200)
    kind = models.CharField("genre", max_length=40)
    subject = models.CharField("objet", max_length=80, blank=True)
    stored_at = models.DateTimeField("archivé le")
    keep_until = models.DateField("à conserver jusqu'au")

    class Meta:
        """The same bytes are the same file."""

        constraints = [
            models.UniqueConstraint(fields=["company", "sha256"], name="stored_file_unique"),
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_not_empty"),
        ]
        indexes = [
            models.Index(fields=["company", "subject"], name="stored_file_subject"),
            models.Index(fields=["company", "keep_until"], name="stored_file_term"),
        ]

    def __str__(self) -> str:
        return self.filename


class FileText(models.Model):
    """Mots d'un fichier, without case or accents; the full-text index of the engine reads them."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="words")
    text = models.TextField("mots")


class FileLink(models.Model):
    """Pièce jointe: a file attached to a record of any room, which it names by a text."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="links")
    subject = models.CharField("objet", max_length=80)
    kind = models.CharField("genre", max_length=40)
    label = models.CharField("libellé", max_length=200, blank=True)
    added_at = models.DateTimeField("jointe le")
    added_by = models.CharField("par", max_length=120)
    removed_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        """A file is attached to a record once."""

        constraints = [
            models.UniqueConstraint(
                fields=["subject", "file"],
                condition=Q(removed_at__isnull=True),
                name="file_link_once",
            ),
        ]
        indexes = [models.Index(fields=["company", "subject"], name="file_link_subject")]

    def __str__(self) -> str:
        return self.label or self.file.filename
