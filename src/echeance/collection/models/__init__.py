"""Relance: plans, runs, cases, claims, and the unpaid."""

from echeance.collection.models.cases import (
    CustomerReply,
    Dispute,
    DisputePiece,
    Hold,
    Promise,
)
from echeance.collection.models.payers import (
    PayerProfile,
    PaymentPrediction,
)
from echeance.collection.models.payment_plans import (
    CallTask,
    PaymentPlan,
    PaymentPlanInstalment,
    PaymentPlanItem,
)
from echeance.collection.models.penalties import (
    LegalRate,
    PenaltyLine,
    PenaltyNote,
    PenaltyWaiver,
)
from echeance.collection.models.plans import (
    DunningLevel,
    DunningPlan,
    DunningText,
    LetterTemplate,
    PlanChoice,
)
from echeance.collection.models.runs import (
    AccountStatement,
    DunningRun,
    LetterProof,
    Reminder,
    ReminderItem,
)
from echeance.collection.models.unpaid import (
    InsolvencyCase,
    InsolvencyItem,
    InsolvencyNotice,
    LimitationAct,
    RecoveryItem,
    RecoveryStep,
    UnpaidEntry,
)

__all__ = [
    "AccountStatement",
    "CallTask",
    "CustomerReply",
    "Dispute",
    "DisputePiece",
    "DunningLevel",
    "DunningPlan",
    "DunningRun",
    "DunningText",
    "Hold",
    "InsolvencyCase",
    "InsolvencyItem",
    "InsolvencyNotice",
    "LegalRate",
    "LetterProof",
    "LetterTemplate",
    "LimitationAct",
    "PayerProfile",
    "PaymentPlan",
    "PaymentPlanInstalment",
    "PaymentPlanItem",
    "PaymentPrediction",
    "PenaltyLine",
    "PenaltyNote",
    "PenaltyWaiver",
    "PlanChoice",
    "Promise",
    "RecoveryItem",
    "RecoveryStep",
    "Reminder",
    "ReminderItem",
    "UnpaidEntry",
]
