"""What a plan of reminders may be, and who would see it change: pure.

Sources: C. civ. art. 1344 (a formal notice is a sufficient summons, which must be proved), CPCE
L100 (electronic registered letter), C. com. D441-5 (the 40 €, owed between professionals only).
The eight days between a formal notice and what follows are the delay the notice itself gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from echeance.collection import rules, texts
from echeance.collection.types import (
    STEP_LABELS,
    Change,
    ChangeKind,
    Decision,
    Grouping,
    LevelDraft,
    PlanDraft,
    ReminderRow,
)
from echeance.core.dunning import Channel, Level, Plan, Step, Tone
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO, format_amount
from echeance.core.terms import CustomerKind

NOTICE_DAYS = 8
"""Days a formal notice leaves to pay; nothing follows it sooner."""
LEVELS_MAX = 12
DAYS_BOUNDS = (-90, 730)
CONTACT_DAYS_MAX = 90
PROVABLE = frozenset({Channel.REGISTERED, Channel.E_REGISTERED, Channel.POST})
"""Channels by which a formal notice may go: those that leave a proof, or a deposit at least."""

STAYS_DEFAULT = "il reste le plan de la société : désignez-en un autre depuis sa page."
"""Why the company's plan is not made that of a category only."""

_STEPS = list(Step)
_LABEL_MAX = 80
_SIGN_MAX = 120
_SUBJECT_MAX = 150
_BODY_MAX = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a plan: the level if it is one's, and a French sentence.

    Attributes:
        place: Position of the level among those of the draft, from 1; 0 for the plan.
        legal: A step the law, or the proof of it, needs would be skipped.
    """

    place: int
    step: str
    text: str
    legal: bool = False


def ordered(draft: PlanDraft) -> PlanDraft:
    """The draft with its levels in the order of their days: a level moves by its day."""
    return replace(draft, levels=tuple(sorted(draft.levels, key=lambda one: one.days_after_due)))


def faults(draft: PlanDraft) -> list[Fault]:
    """Everything that forbids a plan, the plan first, then level by level.

    >>> [fault.text for fault in faults(PlanDraft("Vide", ()))]
    ['un plan a au moins un niveau : ajoutez-en un.']
    """
    return [*_of_plan(draft), *_of_steps(draft), *_of_levels(draft)]


def _of_plan(draft: PlanDraft) -> Iterator[Fault]:
    if not draft.name.strip() or len(draft.name) > _LABEL_MAX:
        yield Fault(0, "", "donnez-lui un nom de 80 caractères au plus.")
    if not draft.levels:
        yield Fault(0, "", "un plan a au moins un niveau : ajoutez-en un.")
    if len(draft.levels) > LEVELS_MAX:
        yield Fault(0, "", f"{LEVELS_MAX} niveaux au plus : retirez-en.")
    if draft.is_default and draft.category:
        yield Fault(0, "", "le plan de la société sert tous les clients : ôtez sa catégorie.")
    if draft.category and draft.category not in set(CustomerKind):
        yield Fault(0, "", "choisissez une catégorie de la liste.")
    if not 0 <= draft.days_between_contacts <= CONTACT_DAYS_MAX:
        yield Fault(0, "", f"entre deux messages, de 0 à {CONTACT_DAYS_MAX} jours.")
    floor, ceiling = draft.floor_amount, draft.ceiling_amount
    if (floor is not None and floor < ZERO) or (ceiling is not None and ceiling <= ZERO):
        yield Fault(0, "", "un montant plancher ou plafond est positif.")
    elif floor is not None and ceiling is not None and floor >= ceiling:
        yield Fault(0, "", "le plafond dépasse le plancher : corrigez l'un des deux.")
    days = [level.days_after_due for level in draft.levels]
    if len(set(days)) != len(days):
        yield Fault(0, "", "deux niveaux tombent le même jour : changez le jour de l'un.")
    elif days != sorted(days):
        yield Fault(0, "", "chaque niveau vient après le précédent : corrigez leurs jours.")
    keys = [level.key for level in draft.levels if level.key]
    if len(set(keys)) != len(keys):
        yield Fault(0, "", "un niveau y est deux fois : rouvrez le plan.")


def _of_steps(draft: PlanDraft) -> Iterator[Fault]:
    """The course of collection: courtesy, reminders, formal notice, handover; never back."""
    furthest: LevelDraft | None = None
    notice: LevelDraft | None = None
    for place, level in enumerate(draft.levels, 1):
        name = level.label or STEP_LABELS[level.step]
        if furthest and _STEPS.index(level.step) < _STEPS.index(furthest.step):
            text = (
                f"une {STEP_LABELS[furthest.step]} la précède (« {furthest.label} ») et un plan ne "
                "revient pas en arrière. Changez son étape ou son jour."
            )
            yield Fault(place, name, text, legal=True)
        if level.step is Step.HANDOVER:
            yield from _of_handover(place, name, level, notice)
        if level.step is Step.FORMAL_NOTICE:
            notice = level
            if level.channel not in PROVABLE:
                text = (
                    "une mise en demeure doit pouvoir être prouvée (C. civ. art. 1344) : "
                    "choisissez la lettre recommandée, le recommandé électronique ou le courrier."
                )
                yield Fault(place, name, text, legal=True)
        if furthest is None or _STEPS.index(level.step) > _STEPS.index(furthest.step):
            furthest = level


def _of_handover(
    place: int, name: str, level: LevelDraft, notice: LevelDraft | None
) -> Iterator[Fault]:
    if notice is None:
        text = "aucune mise en demeure ne la précède. Ajoutez-en une au moins 8 jours avant."
        yield Fault(place, name, text, legal=True)
    elif (gap := level.days_after_due - notice.days_after_due) < NOTICE_DAYS:
        text = (
            f"la mise en demeure laisse {NOTICE_DAYS} jours pour payer et {gap} seulement les "
            "séparent. Repoussez ce niveau."
        )
        yield Fault(place, name, text, legal=True)


def _of_levels(draft: PlanDraft) -> Iterator[Fault]:
    for place, level in enumerate(draft.levels, 1):
        name = level.label or f"niveau {place}"
        low, high = DAYS_BOUNDS
        if not level.label.strip() or len(level.label) > _LABEL_MAX:
            yield Fault(place, name, f"niveau {place} : donnez-lui un intitulé de 80 signes.")
        if not low <= level.days_after_due <= high:
            yield Fault(place, name, f"« {name} » : de {low} à {high} jours après l'échéance.")
        if level.step is Step.COURTESY and level.days_after_due >= 0:
            text = (
                f"« {name} » : un message de courtoisie part avant l'échéance. Mettez un nombre de "
                "jours négatif, ou faites-en une relance."
            )
            yield Fault(place, name, text)
        if level.step is not Step.COURTESY and level.days_after_due < 1:
            text = (
                f"« {name} » : rien n'est en retard avant le lendemain de l'échéance. Mettez au "
                "moins 1 jour, ou faites-en un message de courtoisie."
            )
            yield Fault(place, name, text)
        if level.shows_penalties and draft.category == CustomerKind.CONSUMER:
            text = (
                f"« {name} » : un consommateur ne doit ni les pénalités du code de commerce ni les "
                "40 €. Décochez-les."
            )
            yield Fault(place, name, text)
        if level.shows_penalties and level.step is Step.COURTESY:
            text = f"« {name} » : rien n'est encore en retard, décochez les pénalités."
            yield Fault(place, name, text)
        if max(len(level.signed_by), len(level.signed_as)) > _SIGN_MAX:
            yield Fault(place, name, f"« {name} » : signataire et qualité en 120 signes au plus.")
        yield from _of_texts(place, name, level)


def _of_texts(place: int, name: str, level: LevelDraft) -> Iterator[Fault]:
    for language, subject, body in level.texts:
        where = f"« {name} », texte {language}"
        if language not in rules.LANGUAGES:
            yield Fault(place, name, f"{where} : langue inconnue.")
            continue
        if not subject.strip() or not body.strip():
            yield Fault(place, name, f"{where} : donnez le sujet et le texte, ou aucun des deux.")
            continue
        if len(subject) > _SUBJECT_MAX or len(body) > _BODY_MAX:
            yield Fault(place, name, f"{where} : 150 signes pour le sujet, 5 000 pour le texte.")
            continue
        try:
            rules.check_template(rules.Template(language, subject, body))
        except EcheanceError as error:
            yield Fault(place, name, f"{where} : {error}")


def completed(draft: PlanDraft) -> PlanDraft:
    """The draft with a key for each level, and the starting texts where none is written."""
    taken = {level.key for level in draft.levels}
    levels = []
    for level in draft.levels:
        key = level.key
        if not key:
            key = next(name for n in range(1, 100) if (name := f"level_{n}") not in taken)
            taken.add(key)
        written = {language for language, _, _ in level.texts}
        added = () if "fr" in written else texts.starting(level.step, level.tone)
        fresh = tuple(text for text in added if text[0] not in written)
        levels.append(replace(level, key=key, texts=tuple(sorted((*level.texts, *fresh)))))
    return replace(draft, levels=tuple(levels))


def plan_of(draft: PlanDraft) -> Plan:
    """The ladder a draft without fault makes, its levels ranked from 1."""
    return Plan(
        tuple(
            Level(
                rank=rank,
                key=level.key,
                label=level.label,
                days_after_due=level.days_after_due,
                channel=level.channel,
                tone=level.tone,
                shows_penalties=level.shows_penalties,
                step=level.step,
                is_automatic=level.is_automatic,
                attaches_invoices=level.attaches_invoices,
                attaches_statement=level.attaches_statement,
                signed_by=level.signed_by,
                signed_as=level.signed_as,
            )
            for rank, level in enumerate(draft.levels, 1)
        ),
        draft.days_between_contacts,
    )


def templates_of(draft: PlanDraft) -> dict[tuple[str, str], rules.Template]:
    """Texts by key of level and language."""
    return {
        (level.key, language): rules.Template(language, subject, body)
        for level in draft.levels
        for language, subject, body in level.texts
    }


def document_of(draft: PlanDraft) -> dict[str, Any]:
    """The draft as the journal and a hidden field carry it: plain JSON, amounts as texts."""
    return {
        "name": draft.name,
        "category": draft.category,
        "is_default": draft.is_default,
        "grouping": draft.grouping.value,
        "days_between_contacts": draft.days_between_contacts,
        "floor_amount": None if draft.floor_amount is None else str(draft.floor_amount),
        "ceiling_amount": None if draft.ceiling_amount is None else str(draft.ceiling_amount),
        "levels": [
            {
                "key": level.key,
                "label": level.label,
                "days_after_due": level.days_after_due,
                "step": level.step.value,
                "channel": level.channel.value,
                "tone": level.tone.value,
                "shows_penalties": level.shows_penalties,
                "is_automatic": level.is_automatic,
                "attaches_invoices": level.attaches_invoices,
                "attaches_statement": level.attaches_statement,
                "signed_by": level.signed_by,
                "signed_as": level.signed_as,
                "texts": [list(text) for text in level.texts],
            }
            for level in draft.levels
        ],
    }


def draft_of(document: Mapping[str, Any]) -> PlanDraft:
    """The draft a document carries.

    Raises:
        ValueError: It is not one: it was made by hand.
    """
    try:
        return PlanDraft(
            name=str(document["name"]),
            category=str(document["category"]),
            is_default=bool(document["is_default"]),
            grouping=Grouping(document["grouping"]),
            days_between_contacts=int(document["days_between_contacts"]),
            floor_amount=_amount(document["floor_amount"]),
            ceiling_amount=_amount(document["ceiling_amount"]),
            levels=tuple(_level_draft(level) for level in document["levels"]),
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def _amount(text: object) -> Decimal | None:
    amount = None if text is None else Decimal(str(text))
    if amount is not None and not amount.is_finite():
        raise ValueError(str(text))
    return amount


def _level_draft(document: Mapping[str, Any]) -> LevelDraft:
    return LevelDraft(
        key=str(document["key"]),
        label=str(document["label"]),
        days_after_due=int(document["days_after_due"]),
        step=Step(document["step"]),
        channel=Channel(document["channel"]),
        tone=Tone(document["tone"]),
        shows_penalties=bool(document["shows_penalties"]),
        is_automatic=bool(document["is_automatic"]),
        attaches_invoices=bool(document["attaches_invoices"]),
        attaches_statement=bool(document["attaches_statement"]),
        signed_by=str(document["signed_by"]),
        signed_as=str(document["signed_as"]),
        texts=tuple(
            (str(language), str(subject), str(body))
            for language, subject, body in document["texts"]
        ),
    )


def differences(before: PlanDraft, after: PlanDraft) -> dict[str, tuple[Any, Any]]:
    """What an edit changes, field by field; a level is named by its key.

    >>> old = PlanDraft("A", (LevelDraft("Relance", 5, key="r1"),))
    >>> differences(old, replace(old, name="B"))
    {'name': ('A', 'B')}
    """
    old, new = document_of(before), document_of(after)
    found = {
        name: (value, new[name])
        for name, value in old.items()
        if name != "levels" and value != new[name]
    }
    was = {level["key"]: level for level in old["levels"]}
    now = {level["key"]: level for level in new["levels"]}
    for key in [*was, *(key for key in now if key not in was)]:
        if key not in was or key not in now:
            found[key] = (
                was[key]["label"] if key in was else None,
                now[key]["label"] if key in now else None,
            )
            continue
        found |= {
            f"{key}.{name}": (value, now[key][name])
            for name, value in was[key].items()
            if value != now[key][name]
        }
    return found


@dataclass(frozen=True, slots=True)
class NextAct:
    """What comes next for a customer, short enough to keep for all of them."""

    party_name: str
    decision: Decision
    level_label: str
    channel: str
    on: date | None
    amount: Decimal
    needs_approval: bool
    sentence: str


def act_of(row: ReminderRow, on: date) -> NextAct:
    """The next act a line of the dry run tells."""
    sends = row.decision is Decision.SEND
    return NextAct(
        party_name=row.party_name,
        decision=row.decision,
        level_label=row.level_label,
        channel=row.channel,
        on=on if sends else row.until,
        amount=row.total if sends else row.amount_due,
        needs_approval=row.needs_approval,
        sentence=" ".join(reason.text for reason in row.reasons),
    )


def changes_between(before: Mapping[int, NextAct], after: Mapping[int, NextAct]) -> list[Change]:
    """Customers whose next act is not the same, the largest amounts first."""
    found = []
    for party_id in before.keys() | after.keys():
        old, new = before.get(party_id), after.get(party_id)
        if old == new:
            continue
        shown = new or old
        assert shown is not None, "one of the two has it"
        found.append(
            Change(
                party_id=party_id,
                party_name=shown.party_name,
                kind=_kind(old, new),
                before=_sentence(old),
                after=_sentence(new),
                level_label=shown.level_label,
                on=new.on if new else None,
                amount=shown.amount,
            )
        )
    return sorted(found, key=lambda one: (-one.amount, one.party_name, one.party_id))


def _kind(old: NextAct | None, new: NextAct | None) -> ChangeKind:
    sent, sends = (one is not None and one.decision is Decision.SEND for one in (old, new))
    if not sent and sends:
        return ChangeKind.STARTS
    if sent and not sends:
        return ChangeKind.STOPS
    if old is None or new is None:
        return ChangeKind.OTHER
    if old.level_label != new.level_label:
        return ChangeKind.LEVEL
    if old.channel != new.channel:
        return ChangeKind.CHANNEL
    if sends and old.amount != new.amount:
        return ChangeKind.AMOUNT
    if old.on and new.on and old.on != new.on:
        return ChangeKind.SOONER if new.on < old.on else ChangeKind.LATER
    return ChangeKind.OTHER


_CHANNELS = {
    Channel.MAIL: "par courriel",
    Channel.PHONE: "par téléphone",
    Channel.POST: "par courrier",
    Channel.REGISTERED: "en recommandé",
    Channel.E_REGISTERED: "en recommandé électronique",
    Channel.SMS: "par SMS",
}


def _sentence(act: NextAct | None) -> str:
    if act is None:
        return "Rien à relancer aujourd'hui."
    if act.decision is not Decision.SEND:
        return act.sentence
    way = f" {_CHANNELS[Channel(act.channel)]}" if act.channel else ""
    ending = ", après votre accord" if act.needs_approval else ""
    return f"{act.level_label}{way} aujourd'hui, {format_amount(act.amount)}{ending}."


def digest_of(draft: PlanDraft, changes: Iterable[Change]) -> str:
    """What a person confirms: this draft, and exactly these changes."""
    seen = [[one.party_id, one.before, one.after] for one in changes]
    text = json.dumps([document_of(draft), seen], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
