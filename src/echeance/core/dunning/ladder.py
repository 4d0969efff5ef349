"""The ladder of reminders: which level an item has reached.

A missed day loses nothing and repeats nothing: the highest level reached is the next one, and it
is sent once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How a level reaches the customer."""

    MAIL = "mail"
    PHONE = "phone"
    POST = "post"
    REGISTERED = "registered"  # registered letter with receipt
    E_REGISTERED = "e_registered"  # electronic registered letter, CPCE art. L100
    SMS = "sms"


class Tone(StrEnum):
    """How it is written."""

    SERVICE = "service"
    COURTEOUS = "courteous"
    FIRM = "firm"
    FORMAL = "formal"


class Step(StrEnum):
    """What a level is in the course of collection; a plan never goes back along it."""

    COURTESY = "courtesy"
    REMINDER = "reminder"
    FORMAL_NOTICE = "formal_notice"
    HANDOVER = "handover"


NOTICE_DAYS = 8
"""Days a formal notice leaves to pay before anything follows it."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level.

    Attributes:
        rank: Place in the plan, from 1.
        key: Name of its text.
        label: French label.
        days_after_due: Days of lateness from which it is sent; negative before the due date.
        channel: How it goes.
        tone: How it is written.
        shows_penalties: The text gives interest and the 40 € with their computation.
        step: What it is in the course of collection.
        is_automatic: It leaves without a person's agreement.
        attaches_invoices: Copies of the invoices named go with it.
        attaches_statement: The statement of account goes with it.
        signed_by: Name of who signs; the company's when empty.
        signed_as: Their function.
    """

    rank: int
    key: str
    label: str
    days_after_due: int
    channel: Channel = Channel.MAIL
    tone: Tone = Tone.COURTEOUS
    shows_penalties: bool = False
    step: Step = Step.REMINDER
    is_automatic: bool = True
    attaches_invoices: bool = True
    attaches_statement: bool = False
    signed_by: str = ""
    signed_as: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Levels in order, and the least delay between two contacts with one customer.

    Ranks count from 1 and days rise with them; anything else is a bug of the caller, whose form
    has checked it.
    """

    levels: tuple[Level, ...]
    days_between_contacts: int = 7
    days: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = [level.days_after_due for level in self.levels]
        object.__setattr__(self, "days", tuple(days))
        assert self.levels, "a plan has a level"
        assert [level.rank for level in self.levels] == list(range(1, len(days) + 1))
        assert days == sorted(set(days)), "each level comes later than the one before"


DEFAULT_PLAN = Plan(
    (
        Level(1, "reminder_1", "Relance 1", 5, tone=Tone.COURTEOUS),
        Level(2, "reminder_2", "Relance 2", 15, tone=Tone.FIRM),
        Level(3, "reminder_3", "Dernière relance", 30, tone=Tone.FORMAL, shows_penalties=True),
    )
)


def rank_reached(plan: Plan, days_late: int) -> int:
    """Rank of the highest level reached after some days of lateness; 0 for none.

    What a customer has received under another plan is read so: by its days, never by its rank.

    >>> rank_reached(DEFAULT_PLAN, 17)
    2
    """
    return bisect_right(plan.days, days_late)


def next_level(plan: Plan, days_late: int, last_rank: int) -> Level | None:
    """The level an item should now receive: the highest it has reached, if it was not yet sent.

    Args:
        plan: The ladder.
        days_late: Days since the due date; negative before it.
        last_rank: Rank last sent for the item; 0 for none.

    >>> next_level(DEFAULT_PLAN, 17, 0).label  # level 1 was missed: it is not sent after the fact
    'Relance 2'
    >>> next_level(DEFAULT_PLAN, 17, 2) is None
    True
    """
    rank = bisect_right(plan.days, days_late)
    return plan.levels[rank - 1] if rank > last_rank else None


def lawful_level(plan: Plan, level: Level, last_rank: int, *, reminded: bool) -> Level:
    """A level, or the one that must come before it: no step of the course is skipped.

    A formal notice follows a reminder where the plan has one before it; what comes after a formal
    notice follows it. The formal notice is what makes the debtor answer for the delay (C. civ.
    art. 1231, 1344) and what a court reads first.

    Args:
        plan: The ladder.
        level: The highest level reached.
        last_rank: Rank last sent for the item; 0 for none.
        reminded: Something was sent for the item, under this plan or another.
    """
    if level.step is Step.HANDOVER:
        notices = [one for one in plan.levels if one.step is Step.FORMAL_NOTICE]
        if notices and last_rank < notices[0].rank:
            level = notices[-1]
    if level.step is Step.FORMAL_NOTICE and not reminded:
        before = [one for one in plan.levels if one.step in {Step.COURTESY, Step.REMINDER}]
        before = [one for one in before if last_rank < one.rank < level.rank]
        if before:
            return before[-1]
    return level


def next_level_day(plan: Plan, due_date: date, last_rank: int) -> date | None:
    """First day on which the level after ``last_rank`` is reached; none after the last level.

    >>> next_level_day(DEFAULT_PLAN, date(2026, 5, 31), 1)
    datetime.date(2026, 6, 15)
    """
    if last_rank >= len(plan.levels):
        return None
    return due_date + timedelta(days=plan.levels[last_rank].days_after_due)


def earliest_day(plan: Plan, level: Level, last_rank: int, last_sent_on: date | None) -> date:
    """First day on which a legal step may follow what was sent before it.

    It waits the days the plan puts between the two levels, counted from the day the former left
    (a reminder sent late gives the customer as long as one sent in time), and what follows a
    formal notice at least its eight days. Other levels wait for nothing.
    """
    if last_sent_on is None or level.step not in {Step.FORMAL_NOTICE, Step.HANDOVER}:
        return date.min
    former = plan.levels[last_rank - 1].days_after_due if last_rank else level.days_after_due
    days = level.days_after_due - former
    if level.step is Step.HANDOVER:
        days = max(days, NOTICE_DAYS)
    return last_sent_on + timedelta(days=days)
