"""Writes of the ground floor."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from echeance.base import clock, journal, policy
from echeance.base.actor import Actor, system
from echeance.base.errors import (
    CompanyExistsError,
    EmailTakenError,
    IdempotencyConflictError,
    JobNotFailedError,
    NotFoundError,
    QuestionClosedError,
    QuestionEmptyError,
    RequestUnderWayError,
    WorkItemClosedError,
)
from echeance.base.events import (
    ApiTokenIssued,
    ApiTokenRevoked,
    ColleagueAnswered,
    ColleagueAsked,
    CompanyChanged,
    CompanyCreated,
    JobRetried,
    PolicySaved,
    QuestionWithdrawn,
    RoleGiven,
    WorkItemAnswered,
    WorkItemSnoozed,
)
from echeance.base.models import (
    ApiToken,
    ColleagueQuestion,
    Company,
    IdempotentRequest,
    Job,
    Membership,
    PolicyVersion,
    User,
    WorkItem,
)
from echeance.base.rights import Right, Role
from echeance.base.types import CompanyFacts, WorkItemFacts

UNDER_WAY = 0
"""Status of a reserved key whose request has no answer yet."""
RESERVATION = timedelta(minutes=5)
SERVER_ERROR = 500
QUESTION_DAYS = timedelta(days=30)
"""How long a question to a colleague waits for its answer, when no day is given."""
QUESTION_LENGTH = 2000


@transaction.atomic
def create_company(
    *, facts: CompanyFacts, owner: User | None = None, is_practice: bool = False
) -> Company:
    """Create a company; its owner becomes administrator.

    The one command without an actor: there is no company to act in yet.

    Raises:
        CompanyExistsError: The SIREN is taken.
    """
    if Company.objects.filter(siren=facts.siren).exists():
        raise CompanyExistsError(siren=facts.siren)
    company = Company.objects.create(
        **asdict(facts), is_practice=is_practice, created_at=clock.now()
    )
    actor = system(company)
    journal.record(CompanyCreated(company_id=company.pk, siren=company.siren), actor=actor)
    if owner:
        give_role(actor=actor, user=owner, role=Role.ADMINISTRATOR)
    return company


@transaction.atomic
def change_company(*, actor: Actor, changes: dict[str, Any]) -> Company:
    """Change the identity or defaults of the actor's company; issued documents keep theirs."""
    actor.require(Right.EDIT_COMPANY)
    allowed = set(CompanyFacts.__dataclass_fields__)
    assert set(changes) <= allowed, f"not fields of a company: {set(changes) - allowed}"
    company = Company.objects.select_for_update().get(pk=actor.company.pk)
    changed = {
        name: (str(getattr(company, name)), str(value))
        for name, value in changes.items()
        if getattr(company, name) != value
    }
    if changed:
        for name in changed:
            setattr(company, name, changes[name])
        company.save(update_fields=list(changed))
        journal.record(CompanyChanged(company_id=company.pk, changes=changed), actor=actor)
    return company


def create_user(*, email: str, full_name: str, password: str, language: str = "fr") -> User:
    """Create a person who may sign in; rights come with a role in a company.

    Raises:
        EmailTakenError: The address is already a user's, whatever its case.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTakenError(email=email)
    user = User(email=email.lower(), full_name=full_name, language=language, created_at=clock.now())
    user.set_password(password)
    user.save(force_insert=True)
    return user


def change_language(*, user: User, language: str) -> None:
    """Speak to a person in another of the languages there are."""
    assert language in dict(settings.LANGUAGES), "the form offers the languages there are"
    User.objects.filter(pk=user.pk).update(language=language)


@transaction.atomic
def give_role(*, actor: Actor, user: User, role: Role) -> Membership:
    """Give a person a role in the actor's company; a previous role ends now."""
    actor.require(Right.EDIT_USERS)
    now = clock.now()
    Membership.objects.filter(company=actor.company, user=user, ended_at=None).update(ended_at=now)
    membership = Membership.objects.create(
        company=actor.company, user=user, role=role.value, started_at=now
    )
    journal.record(RoleGiven(user_id=user.pk, role=role.value), actor=actor)
    return membership


@transaction.atomic
def issue_api_token(*, actor: Actor, user: User, name: str) -> str:
    """Create a token of the API for a member; the clear token is shown once and never kept.

    Raises:
        NotFoundError: The person is no member of the company.
    """
    actor.require(Right.EDIT_USERS)
    _check_member(actor, user)
    token = f"ech_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        company=actor.company,
        user=user,
        name=name,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
        created_at=clock.now(),
    )
    journal.record(ApiTokenIssued(token_id=row.pk, user_id=user.pk, name=name), actor=actor)
    return token


@transaction.atomic
def revoke_api_token(*, actor: Actor, token_id: int) -> None:
    """End a token of the API now; one already ended stays as it is.

    Raises:
        NotFoundError: No such token in this company.
    """
    actor.require(Right.EDIT_USERS)
    mine = ApiToken.objects.filter(company=actor.company, pk=token_id)
    if mine.filter(revoked_at=None).update(revoked_at=clock.now()):
        journal.record(ApiTokenRevoked(token_id=token_id), actor=actor)
    elif not mine.exists():
        raise NotFoundError(what=f"jeton n° {token_id}")


def _check_member(actor: Actor, user: User) -> None:
    if not user.memberships.filter(company=actor.company, ended_at=None).exists():
        raise NotFoundError(what="cette personne dans la société")


@transaction.atomic
def save_policy(*, actor: Actor, document: dict[str, Any], note: str = "") -> PolicyVersion:
    """Put a new version of the policy in force.

    Raises:
        PolicyInvalidError: A section, a setting or a value is wrong; nothing is saved.
    """
    actor.require(Right.EDIT_POLICY)
    policy.check(document)
    Company.objects.select_for_update().get(pk=actor.company.pk)
    number, _ = policy.current(actor.company)
    version = PolicyVersion.objects.create(
        company=actor.company,
        number=number + 1,
        document=json.loads(json.dumps(document, default=str)),
        saved_at=clock.now(),
        saved_by=actor.name,
        note=note,
    )
    journal.record(PolicySaved(number=version.number, note=note), actor=actor)
    return version


def open_work_items(*, actor: Actor, items: Sequence[WorkItemFacts]) -> int:
    """Open a question for each matter that has none open; an open one is left as it is.

    Returns:
        How many were opened. Two queries a thousand matters.
    """
    known = set(
        WorkItem.objects.filter(
            company=actor.company, closed_at=None, key__in={item.key for item in items}
        ).values_list("key", flat=True)
    )
    now = clock.now()
    fresh = {item.key: item for item in items if item.key not in known}
    WorkItem.objects.bulk_create(
        (
            WorkItem(
                company=actor.company,
                key=item.key,
                kind=item.kind,
                subject=item.subject,
                title=item.title[:300],
                evidence=item.evidence,
                answers=[asdict(answer) for answer in item.answers],
                amount=item.amount,
                due_date=item.due_date,
                opened_at=now,
                opened_by=actor.name,
            )
            for item in fresh.values()
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    return len(fresh)


@transaction.atomic
def close_work_items(*, actor: Actor, keys: Collection[str], answer: str) -> int:
    """Close the open questions of these matters, because they were answered or lost their object.

    Returns:
        How many were closed. One query, plus the journal.
    """
    rows = list(
        WorkItem.objects.filter(company=actor.company, closed_at=None, key__in=set(keys))
        .select_for_update()
        .order_by("pk")
        .values_list("pk", "key")
    )
    WorkItem.objects.filter(pk__in=[pk for pk, _ in rows], closed_at=None).update(
        closed_at=clock.now(), closed_by=actor.name, answer=answer
    )
    journal.record_many(
        [WorkItemAnswered(work_item_id=pk, key=key, answer=answer) for pk, key in rows],
        actor=actor,
    )
    return len(rows)


@transaction.atomic
def answer_work_item(*, actor: Actor, work_item_id: int, answer: str) -> WorkItem:
    """Close one question with the answer a person chose; the act itself is another command.

    Raises:
        NotFoundError: No such question in this company.
        WorkItemClosedError: Somebody answered first.
    """
    actor.require(Right.ANSWER_WORK)
    item = _open_item(actor, work_item_id)
    close_work_items(actor=actor, keys={item.key}, answer=answer)
    return item


@transaction.atomic
def snooze_work_item(*, actor: Actor, work_item_id: int, until: date) -> WorkItem:
    """Take a question out of the queue until a day.

    Raises:
        NotFoundError: No such question in this company.
        WorkItemClosedError: It is already closed.
    """
    actor.require(Right.ANSWER_WORK)
    item = _open_item(actor, work_item_id)
    item.snoozed_until = until
    item.save(update_fields=["snoozed_until"])
    journal.record(WorkItemSnoozed(work_item_id=item.pk, until=until.isoformat()), actor=actor)
    return item


@transaction.atomic
def assign_work_item(*, actor: Actor, work_item_id: int, user: User | None) -> WorkItem:
    """Hand a question to a member of the company, or to nobody."""
    actor.require(Right.ANSWER_WORK)
    item = _open_item(actor, work_item_id)
    if user:
        _check_member(actor, user)
    item.assigned_to = user
    item.save(update_fields=["assigned_to"])
    return item


def _open_item(actor: Actor, work_item_id: int) -> WorkItem:
    item = (
        WorkItem.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=work_item_id)
        .first()
    )
    if item is None:
        raise NotFoundError(what=f"question n° {work_item_id}")
    if item.closed_at:
        raise WorkItemClosedError(by=item.closed_by)
    return item


def reserve_answer(*, actor: Actor, key: str, request: bytes) -> IdempotentRequest | None:
    """Take an ``Idempotency-Key`` before its request is carried out.

    Returns:
        ``None`` when the request is to be carried out, then :func:`remember_answer` is owed; the
        answer kept when it was carried out before. A reservation whose process died is taken
        over after five minutes: the request's own effects are then what protects from doubles.

    Raises:
        IdempotencyConflictError: The key stands for another request.
        RequestUnderWayError: The same request is being carried out.
    """
    digest = hashlib.sha256(request).hexdigest()
    now = clock.now()
    _, is_mine = IdempotentRequest.objects.get_or_create(
        company=actor.company,
        key=key,
        defaults={"request_sha256": digest, "status": UNDER_WAY, "body": "", "created_at": now},
    )
    if is_mine:
        return None
    with transaction.atomic():
        kept = IdempotentRequest.objects.select_for_update().get(company=actor.company, key=key)
        if kept.request_sha256 != digest:
            raise IdempotencyConflictError(key=key)
        if kept.status != UNDER_WAY:
            return kept
        if kept.created_at > now - RESERVATION:
            raise RequestUnderWayError(key=key)
        IdempotentRequest.objects.filter(pk=kept.pk).update(created_at=now)
    return None


def remember_answer(*, actor: Actor, key: str, status: int, body: str) -> None:
    """Keep the answer given to a reserved ``Idempotency-Key``; a failure of ours frees the key."""
    mine = IdempotentRequest.objects.filter(company=actor.company, key=key, status=UNDER_WAY)
    if status >= SERVER_ERROR:
        mine.delete()
    else:
        mine.update(status=status, body=body)


def forget_answers(*, before: datetime) -> int:
    """Drop idempotent answers older than an instant, in all companies."""
    deleted, _ = IdempotentRequest.objects.filter(created_at__lt=before).delete()
    return deleted


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Start again a job that gave up, with all its tries before it.

    Raises:
        NotFoundError: Not one of this company or of the installation.
        JobNotFailedError: It is ready, running or done.
    """
    actor.require(Right.MANAGE_JOBS)
    job = (
        Job.objects.select_for_update(of=("self",))
        .filter(Q(company=actor.company) | Q(company=None), pk=job_id)
        .first()
    )
    if job is None:
        raise NotFoundError(what=f"tâche n° {job_id}")
    if job.status != Job.Status.FAILED:
        raise JobNotFailedError(status=job.get_status_display())
    job.status, job.attempts = Job.Status.READY, 0
    job.run_after, job.finished_at = clock.now(), None
    job.save(update_fields=["status", "attempts", "run_after", "finished_at"])
    journal.record(JobRetried(job_id=job.pk, path=job.path), actor=actor)
    return job


@transaction.atomic
def ask_colleague(
    *,
    actor: Actor,
    subject: str,
    text: str,
    user: User | None = None,
    email: str = "",
    answer_by: date | None = None,
    work_item_id: int | None = None,
) -> tuple[ColleagueQuestion, str]:
    """Ask somebody about an object: a member, or any address through a link without an account.

    Args:
        actor: Needs the right to answer questions.
        subject: The object, as in the journal (``statement_entry:12``).
        text: The question, at most 2000 characters kept.
        user: A member of the company.
        email: An address; the answer then comes by the secret.
        answer_by: Last day of an answer; thirty days from now when absent.
        work_item_id: The question of the queue it helps to settle.

    Returns:
        The question, and the secret of its link: shown once, only its digest is kept.

    Raises:
        QuestionEmptyError: No text, or nobody to ask.
        NotFoundError: Not a member, or not a question of this company.
    """
    actor.require(Right.ANSWER_WORK)
    if not text.strip() or not (user or email):
        raise QuestionEmptyError
    if user:
        _check_member(actor, user)
    item = _open_item(actor, work_item_id) if work_item_id else None
    secret = secrets.token_urlsafe(32)
    row = ColleagueQuestion.objects.create(
        company=actor.company,
        subject=subject,
        work_item=item,
        text=text.strip()[:QUESTION_LENGTH],
        asked_at=clock.now(),
        asked_by=actor.name,
        asked_to=user,
        email=email.strip(),
        secret_digest=hashlib.sha256(secret.encode()).hexdigest(),
        answer_by=answer_by or clock.today() + QUESTION_DAYS,
    )
    journal.record(ColleagueAsked(row.pk, subject, row.email or _email(user)), actor=actor)
    return row, secret


def _email(user: User | None) -> str:
    return user.email if user else ""


@transaction.atomic
def answer_colleague(*, secret: str, answer: str) -> ColleagueQuestion:
    """Write the answer that came by a link. The secret stands for the right: there is no actor.

    Raises:
        NotFoundError: No question has this secret.
        QuestionClosedError: Answered, withdrawn, or past its day.
        QuestionEmptyError: No answer is written.
    """
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = (
        ColleagueQuestion.objects.select_for_update(of=("self",))
        .select_related("company", "asked_to")
        .filter(secret_digest=digest)
        .first()
    )
    if row is None:
        raise NotFoundError(what="cette question")
    return _write_answer(row, answer, row.email or _email(row.asked_to))


@transaction.atomic
def reply_to_colleague(*, actor: Actor, question_id: int, answer: str) -> ColleagueQuestion:
    """Answer a question from inside the product.

    Raises:
        NotFoundError: Not a question of this company.
        QuestionClosedError: Answered, withdrawn, or past its day.
        QuestionEmptyError: No answer is written.
    """
    actor.require(Right.READ)
    return _write_answer(_question_row(actor, question_id), answer, actor.name)


def _question_row(actor: Actor, question_id: int) -> ColleagueQuestion:
    row = (
        ColleagueQuestion.objects.select_for_update(of=("self",))
        .select_related("company")
        .filter(company=actor.company, pk=question_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"question n° {question_id}")
    return row


def _write_answer(row: ColleagueQuestion, answer: str, by: str) -> ColleagueQuestion:
    late = row.answer_by is not None and clock.today() > row.answer_by
    if row.answered_at or row.withdrawn_at or late:
        raise QuestionClosedError(question_id=row.pk)
    if not answer.strip():
        raise QuestionEmptyError
    row.answered_at = clock.now()
    row.answered_by = by[:120]
    row.answer = answer.strip()[:QUESTION_LENGTH]
    row.save(update_fields=["answered_at", "answered_by", "answer"])
    journal.record(ColleagueAnswered(row.pk, row.subject, by), actor=system(row.company))
    return row


@transaction.atomic
def withdraw_question(*, actor: Actor, question_id: int) -> ColleagueQuestion:
    """Take back a question to a colleague; its link answers no more.

    Raises:
        NotFoundError: Not a question of this company.
        QuestionClosedError: It is answered or withdrawn already.
    """
    actor.require(Right.ANSWER_WORK)
    row = _question_row(actor, question_id)
    if row.answered_at or row.withdrawn_at:
        raise QuestionClosedError(question_id=row.pk)
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    journal.record(QuestionWithdrawn(row.pk, row.subject, actor.name), actor=actor)
    return row
