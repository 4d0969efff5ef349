"""Errors of the ground floor."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class RightMissingError(EcheanceError):
    """The actor may not do that in this company."""

    code = "base.right_missing"
    kind = Kind.FORBIDDEN
    message = (
        "Vous n'avez pas le droit « {right} » dans cette société : demandez-le à un administrateur."
    )

    right: str


@dataclass(eq=False)
class NotFoundError(EcheanceError):
    """No such object in this company, or not yours to see."""

    code = "base.not_found"
    kind = Kind.NOT_FOUND
    message = "Introuvable : {what}. Vérifiez la référence ou revenez à la liste."

    what: str


@dataclass(eq=False)
class CompanyExistsError(EcheanceError):
    """One SIREN, one company."""

    code = "base.company_exists"
    message = "La société {siren} existe déjà : ouvrez-la au lieu de la créer."

    siren: str


@dataclass(eq=False)
class EmailTakenError(EcheanceError):
    """One address, one user."""

    code = "base.email_taken"
    message = "L'adresse {email} est déjà celle d'un utilisateur : choisissez-en une autre."

    email: str


@dataclass(eq=False)
class PolicyInvalidError(EcheanceError):
    """The policy document does not fit its typed slices."""

    code = "base.policy_invalid"
    kind = Kind.INVALID
    message = "Règle refusée dans « {section} » : {problem}. Corrigez cette valeur."

    section: str
    problem: str


@dataclass(eq=False)
class WorkItemClosedError(EcheanceError):
    """Somebody answered first."""

    code = "base.work_item_closed"
    kind = Kind.CONFLICT
    message = "Cette question est déjà close (par {by}) : rien n'a été changé."

    by: str


@dataclass(eq=False)
class IdempotencyConflictError(EcheanceError):
    """The same key was used with other facts."""

    code = "base.idempotency_conflict"
    kind = Kind.CONFLICT
    message = (
        "La clé d'idempotence « {key} » a déjà servi à une autre demande : "
        "utilisez-en une nouvelle."
    )

    key: str


@dataclass(eq=False)
class RequestUnderWayError(EcheanceError):
    """The same request, with the same key, has not been answered yet."""

    code = "base.request_under_way"
    kind = Kind.CONFLICT
    message = (
        "La demande de clé « {key} » est en cours : attendez sa réponse, puis répétez-la pour "
        "la relire."
    )

    key: str


@dataclass(eq=False)
class JobNotFailedError(EcheanceError):
    """Only a job that gave up is started again by a person."""

    code = "base.job_not_failed"
    message = "La tâche n'est pas en échec ({status}) : rien n'a été changé."

    status: str


@dataclass(eq=False)
class SheetForeignError(EcheanceError):
    """The file carries the stamp of an export this company never made."""

    code = "base.sheet_foreign"
    kind = Kind.INVALID
    message = (
        "« {filename} » n'a pas été exporté de cette société, ou son export est trop ancien : "
        "exportez la liste de nouveau."
    )

    filename: str


@dataclass(eq=False)
class SheetWithoutCodeError(EcheanceError):
    """A file of ours without tokens, and without the column that tells the rows apart."""

    code = "base.sheet_without_code"
    kind = Kind.INVALID
    message = (
        "« {filename} » n'a ni la colonne cachée de l'export ni la colonne « {title} » : exportez "
        "la liste, puis modifiez ce fichier-là."
    )

    filename: str
    title: str


@dataclass(eq=False)
class SheetUnknownError(EcheanceError):
    """Nothing in the file says which list it is."""

    code = "base.sheet_unknown"
    kind = Kind.INVALID
    message = "On ne sait pas de quelle liste vient « {filename} » : choisissez-la."

    filename: str


@dataclass(eq=False)
class SheetKnownError(EcheanceError):
    """The same bytes were taken before."""

    code = "base.sheet_known"
    kind = Kind.CONFLICT
    message = (
        "« {filename} » a déjà été repris le {at} par {by} : rien n'est à reprendre. Annulez cette "
        "reprise, ou exportez la liste de nouveau."
    )

    filename: str
    at: str
    by: str
    import_id: int


@dataclass(eq=False)
class NothingToTakeError(EcheanceError):
    """No open difference was chosen."""

    code = "base.nothing_to_take"
    message = "Aucune différence n'est à reprendre : cochez-en au moins une qui reste à décider."


@dataclass(eq=False)
class NothingToUndoError(EcheanceError):
    """Nothing of the file is in place."""

    code = "base.nothing_to_undo"
    message = "Rien de « {filename} » n'est en place : il n'y a rien à annuler."

    filename: str


@dataclass(eq=False)
class QuestionClosedError(EcheanceError):
    """A question to a colleague is answered, withdrawn or past its day."""

    code = "base.question_closed"
    kind = Kind.CONFLICT
    message = (
        "Cette question n'attend plus de réponse : elle a été répondue, retirée, ou son délai est "
        "passé. Demandez à la personne qui l'a posée de la poser de nouveau."
    )

    question_id: int


@dataclass(eq=False)
class QuestionEmptyError(EcheanceError):
    """A question to a colleague has words and somebody to read them; so has its answer."""

    code = "base.question_empty"
    kind = Kind.INVALID
    message = "Écrivez un texte, et choisissez un collègue ou une adresse."
