"""Texts a plan starts with; each company then edits its own. Merge fields stand between braces."""

from __future__ import annotations

from collections.abc import Mapping

from echeance.collection.types import LevelDraft, PlanDraft
from echeance.core.dunning import Channel, Step, Tone

FRENCH = {
    "reminder_1": (
        "Factures en attente de règlement : {total}",
        """Bonjour,

Sauf erreur de notre part, le règlement suivant ne nous est pas encore parvenu :

{factures}

Total : {total}

Si votre paiement vient de partir, ne tenez pas compte de ce message. Sinon, merci de le prévoir \
dès que possible.

{reglement}

Une question, un désaccord ? Répondez simplement à ce message.

Cordialement,
{societe}""",
    ),
    "reminder_2": (
        "Deuxième relance : {total} à régler",
        """Bonjour,

Malgré notre premier message, les factures suivantes restent impayées au {jour} :

{factures}

Total : {total}

Merci de les régler sans attendre, ou de nous répondre avec la date de votre paiement. Si une \
facture est contestée, dites-nous laquelle et pourquoi.

{reglement}

Cordialement,
{societe}""",
    ),
    "reminder_3": (
        "Dernière relance avant mise en demeure : {total}",
        """Madame, Monsieur,

Nos relances sont restées sans effet. À la date du {jour}, vous nous devez :

{factures}

Total : {total}

{penalites}

Nous vous demandons de régler ce total sous huit jours. À défaut, nous vous adresserons une mise \
en demeure.

{reglement}

Veuillez agréer, Madame, Monsieur, nos salutations distinguées.
{societe}""",
    ),
}

ENGLISH = {
    "reminder_1": (
        "Invoices awaiting payment: {total}",
        """Hello,

Unless we are mistaken, we have not yet received the following payment:

{factures}

Total: {total}

If your payment has just left, please ignore this message. Otherwise, please arrange it as soon \
as possible.

{reglement}

Any question or disagreement? Simply reply to this message.

Kind regards,
{societe}""",
    ),
    "reminder_2": (
        "Second reminder: {total} to be paid",
        """Hello,

Despite our first message, the following invoices are still unpaid on {jour}:

{factures}

Total: {total}

Please pay them without delay, or reply with the date of your payment. If you dispute an invoice, \
tell us which one and why.

{reglement}

Kind regards,
{societe}""",
    ),
    "reminder_3": (
        "Last reminder before formal notice: {total}",
        """Dear Sir or Madam,

Our reminders have had no effect. On {jour}, you owe us:

{factures}

Total: {total}

{penalites}

Please pay this total within eight days. Failing that, we shall send you a formal notice.

{reglement}

Yours faithfully,
{societe}""",
    ),
}

COURTESY = {
    "fr": (
        "Votre échéance approche : {total}",
        """Bonjour,

Tout est-il en ordre pour les factures suivantes, qui arrivent à échéance ?

{factures}

Total : {total}

S'il vous manque une pièce, une référence ou une réponse, dites-le-nous dès maintenant : nous nous \
en occupons avant l'échéance.

{reglement}

Cordialement,
{societe}""",
    ),
    "en": (
        "Your payment is coming due: {total}",
        """Hello,

Is everything in order for the following invoices, which are coming due?

{factures}

Total: {total}

If a document, a reference or an answer is missing, tell us now: we will see to it before the due \
date.

{reglement}

Kind regards,
{societe}""",
    ),
}

FORMAL_NOTICE = {
    "fr": (
        "Mise en demeure de payer {total}",
        """Madame, Monsieur,

Malgré nos relances, les sommes suivantes restent impayées à ce jour, le {jour} :

{factures}

Total : {total}

{penalites}

Par la présente, nous vous mettons en demeure de payer ce total dans un délai de huit jours à \
compter de la réception de cette lettre. Elle vaut interpellation au sens de l'article 1344 du \
code civil.

À défaut, nous engagerons sans autre avis les procédures de recouvrement, y compris en justice.

{reglement}

Veuillez agréer, Madame, Monsieur, nos salutations distinguées.
{societe}""",
    ),
    "en": (
        "Formal notice to pay {total}",
        """Dear Sir or Madam,

Despite our reminders, the following amounts are still unpaid on {jour}:

{factures}

Total: {total}

{penalites}

We hereby give you formal notice to pay this total within eight days of receiving this letter, \
which is a summons within the meaning of article 1344 of the French Civil Code.

Failing that, we shall start recovery proceedings, in court if need be, without further notice.

{reglement}

Yours faithfully,
{societe}""",
    ),
}

HANDOVER = {
    "fr": (
        "Dossier à remettre au contentieux : {total}",
        """La mise en demeure adressée à {client} est restée sans effet au {jour} :

{factures}

Total : {total}

{penalites}""",
    ),
    "en": (
        "File to hand over for recovery: {total}",
        """The formal notice sent to {client} has had no effect on {jour}:

{factures}

Total: {total}

{penalites}""",
    ),
}

STARTING_TEXTS = {"fr": FRENCH, "en": ENGLISH}

_REMINDERS = {
    Tone.SERVICE: "reminder_1",
    Tone.COURTEOUS: "reminder_1",
    Tone.FIRM: "reminder_2",
    Tone.FORMAL: "reminder_3",
}


def starting(step: Step, tone: Tone) -> tuple[tuple[str, str, str], ...]:
    """Language, subject and body of the texts a level of that step and tone starts with."""
    found: Mapping[str, tuple[str, str]] = {
        Step.COURTESY: COURTESY,
        Step.REMINDER: {code: own[_REMINDERS[tone]] for code, own in STARTING_TEXTS.items()},
        Step.FORMAL_NOTICE: FORMAL_NOTICE,
        Step.HANDOVER: HANDOVER,
    }[step]
    return tuple((language, subject, body) for language, (subject, body) in found.items())


def _levels(*rows: tuple[str, int, Step, Channel, Tone, bool]) -> tuple[LevelDraft, ...]:
    return tuple(
        LevelDraft(
            label=label,
            days_after_due=days,
            step=step,
            channel=channel,
            tone=tone,
            shows_penalties=penalties,
            is_automatic=step in {Step.COURTESY, Step.REMINDER} and tone is not Tone.FORMAL,
            attaches_statement=step is Step.FORMAL_NOTICE,
            texts=starting(step, tone),
        )
        for label, days, step, channel, tone, penalties in rows
    )


STARTING_PLANS = {
    "usual": PlanDraft(
        name="Plan habituel",
        levels=_levels(
            ("Relance 1", 5, Step.REMINDER, Channel.MAIL, Tone.COURTEOUS, False),
            ("Relance 2", 15, Step.REMINDER, Channel.MAIL, Tone.FIRM, False),
            ("Dernière relance", 30, Step.REMINDER, Channel.MAIL, Tone.FORMAL, True),
        ),
    ),
    "professional": PlanDraft(
        name="Clients professionnels",
        levels=_levels(
            ("Relance 1", 5, Step.REMINDER, Channel.MAIL, Tone.COURTEOUS, False),
            ("Appel", 12, Step.REMINDER, Channel.PHONE, Tone.FIRM, False),
            ("Dernière relance", 21, Step.REMINDER, Channel.MAIL, Tone.FORMAL, True),
            ("Mise en demeure", 35, Step.FORMAL_NOTICE, Channel.REGISTERED, Tone.FORMAL, True),
            ("Remise au contentieux", 50, Step.HANDOVER, Channel.MAIL, Tone.FORMAL, True),
        ),
    ),
    "public": PlanDraft(
        name="Acheteurs publics",
        days_between_contacts=10,
        levels=_levels(
            ("Relance 1", 8, Step.REMINDER, Channel.MAIL, Tone.COURTEOUS, False),
            ("Relance 2", 20, Step.REMINDER, Channel.MAIL, Tone.FIRM, True),
            ("Appel", 30, Step.REMINDER, Channel.PHONE, Tone.FIRM, False),
            ("Mise en demeure", 45, Step.FORMAL_NOTICE, Channel.REGISTERED, Tone.FORMAL, True),
        ),
    ),
    "consumer": PlanDraft(
        name="Particuliers",
        days_between_contacts=10,
        levels=_levels(
            ("Relance 1", 7, Step.REMINDER, Channel.MAIL, Tone.SERVICE, False),
            ("Relance 2", 21, Step.REMINDER, Channel.MAIL, Tone.COURTEOUS, False),
            ("Mise en demeure", 45, Step.FORMAL_NOTICE, Channel.REGISTERED, Tone.FORMAL, False),
        ),
    ),
    "thoughtful": PlanDraft(
        name="Prévenant",
        levels=_levels(
            ("Avant l'échéance", -7, Step.COURTESY, Channel.MAIL, Tone.SERVICE, False),
            ("Relance 1", 5, Step.REMINDER, Channel.MAIL, Tone.COURTEOUS, False),
            ("Relance 2", 15, Step.REMINDER, Channel.MAIL, Tone.FIRM, False),
            ("Dernière relance", 30, Step.REMINDER, Channel.MAIL, Tone.FORMAL, True),
        ),
    ),
}
"""Plans offered to start from, by name; each is then edited and given to whom one likes."""
