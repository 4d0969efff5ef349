"""Texts a plan starts with; each company then edits its own. Merge fields stand between braces."""

from __future__ import annotations

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

STARTING_TEXTS = {"fr": FRENCH, "en": ENGLISH}
