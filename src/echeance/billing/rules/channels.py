"""By which way a document leaves, and why; and by which one when that way fails.

Sources: CGI 289 bis (between firms established in France, by an approved platform), C. com. and CCP
L2192-1 (public buyers, Chorus Pro), CGI 289 VI (mail and paper elsewhere).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """A way out; ``auto`` leaves the choice to the rules."""

    AUTO = "auto"
    PLATFORM = "platform"
    CHORUS = "chorus"
    MAIL = "mail"
    POST = "post"
    PORTAL = "portal"
    NONE = "none"


DEPOSITED: Final = frozenset({Channel.PLATFORM, Channel.CHORUS})
"""Handed over by a deposit; Chorus Pro is reached through the platform."""

UNKNOWN_RECIPIENT: Final = frozenset({"ROUTAGE_ERR", "REJ_ADR", "ADR_ERR", "DEST_INC", "DEST_ERR"})
"""Reasons of a refused deposit that another way answers; the others are about the file."""
ASTRAY: Final = 221
"""Status of a document whose buyer was not found (XP Z12-012, « erreur de routage »)."""

WORDS: Final = {
    Channel.PLATFORM: "la plateforme agréée",
    Channel.CHORUS: "Chorus Pro",
    Channel.MAIL: "le courriel",
    Channel.POST: "le courrier",
    Channel.PORTAL: "le portail du client",
    Channel.NONE: "aucun envoi",
}


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What decides the way of one document.

    Attributes:
        of_document: Chosen by a person for this document; empty for none.
        of_customer: ``BillingRule.channel``.
        second: ``BillingRule.second_channel``; empty for none.
        public: The buyer is a public body.
        between_firms: The document is bound to a platform (note BAR ``B2B``).
        routed: The buyer has an address of the directory (BT-49, scheme 0225).
        has_platform: A platform is configured.
        has_email: The customer has a billing contact that can be reached.
        has_address: Its postal address is whole.
        portal: Name of the customer's portal; empty for none.
    """

    of_document: str = ""
    of_customer: str = Channel.AUTO.value
    second: str = ""
    public: bool = False
    between_firms: bool = False
    routed: bool = False
    has_platform: bool = False
    has_email: bool = False
    has_address: bool = False
    portal: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way and its reason; that of ``none`` is what follows the name of the customer."""

    channel: Channel
    why: str

    @property
    def leaves(self) -> bool:
        """Whether there is a way at all."""
        return self.channel is not Channel.NONE


def choose(facts: ChannelFacts) -> Choice:
    """The way of a document: the person's choice, the customer's rule, or that of the law.

    A chosen way that cannot be taken is not replaced by another: it leaves by none, and says why.

    >>> choose(ChannelFacts(between_firms=True, routed=True, has_platform=True)).channel.value
    'platform'
    >>> choose(ChannelFacts(has_email=True)).why
    "c'est l'adresse de facturation du client"
    """
    if facts.of_document not in {"", Channel.AUTO}:
        return _asked(facts, Channel(facts.of_document), "c'est le canal choisi pour ce document")
    if facts.of_customer != Channel.AUTO:
        return _asked(facts, Channel(facts.of_customer), "c'est le canal choisi pour ce client")
    if facts.between_firms and facts.routed and facts.has_platform:
        if facts.public:
            return Choice(Channel.CHORUS, "c'est un acheteur public, joint par la plateforme")
        return Choice(
            Channel.PLATFORM, "la loi le veut entre entreprises, et le client est à l'annuaire"
        )
    if facts.has_email:
        return Choice(Channel.MAIL, "c'est l'adresse de facturation du client")
    return Choice(Channel.NONE, "n'a pas de contact de facturation joignable")


def fall_back(facts: ChannelFacts, failed: Collection[Channel]) -> Choice:
    """The way after those that failed: the customer's second channel, never one of them again.

    >>> fall_back(ChannelFacts(has_email=True, second="mail"), {Channel.PLATFORM}).channel.value
    'mail'
    """
    if facts.second in {"", Channel.AUTO}:
        return Choice(Channel.NONE, "n'a pas de canal de secours")
    second = Channel(facts.second)
    if second in failed:
        return Choice(Channel.NONE, f"n'a pu être joint non plus par {WORDS[second]}")
    return _asked(facts, second, "c'est le canal de secours du client")


def problem(channel: str, second: str, portal: str) -> str:
    """Why a customer's ways cannot be kept, as a French clause; "" when they can.

    >>> problem("mail", "mail", ""), problem("portal", "", "")
    ('le canal de secours est le même que le premier', 'donnez le nom du portail')
    """
    known = {one.value for one in Channel}
    if channel not in known or second not in known | {""}:
        return "ce canal n'existe pas"
    if second and second == channel:
        return "le canal de secours est le même que le premier"
    if Channel.PORTAL in {channel, second} and not portal.strip():
        return "donnez le nom du portail"
    return ""


def _asked(facts: ChannelFacts, channel: Channel, why: str) -> Choice:
    missing = _missing(facts, channel)
    return Choice(Channel.NONE, missing) if missing else Choice(channel, why)


def _missing(facts: ChannelFacts, channel: Channel) -> str:
    """Why a way cannot be taken; "" when it can."""
    match channel:
        case Channel.PLATFORM | Channel.CHORUS:
            if not facts.between_firms:
                return "n'est pas une entreprise française, que joint la plateforme"
            return "" if facts.routed else "n'a pas d'adresse dans l'annuaire des plateformes"
        case Channel.MAIL:
            return "" if facts.has_email else "n'a pas de contact de facturation joignable"
        case Channel.POST:
            return "" if facts.has_address else "n'a pas d'adresse postale complète"
        case Channel.PORTAL:
            return "" if facts.portal else "n'a pas de portail renseigné"
        case Channel.NONE:
            return "ne reçoit aucun envoi, selon son canal"
        case Channel.AUTO:
            return ""
