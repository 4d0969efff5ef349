"""Payeurs: how customers pay, when they are expected to, and what is best done next."""

from echeance.core.payers.action import Action, NextAction, Situation, next_action
from echeance.core.payers.boosting import BoostedModel, boosted
from echeance.core.payers.evaluation import Calibration, Evaluation, calibrate, evaluate
from echeance.core.payers.history import Asked, History, PaidItem
from echeance.core.payers.prediction import (
    Model,
    Prediction,
    RobustModel,
    fitted,
)
from echeance.core.payers.profile import GRADE_LABELS, Grade, Profile, profile_of

__all__ = [
    "GRADE_LABELS",
    "Action",
    "Asked",
    "BoostedModel",
    "Calibration",
    "Evaluation",
    "Grade",
    "History",
    "Model",
    "NextAction",
    "PaidItem",
    "Prediction",
    "Profile",
    "RobustModel",
    "Situation",
    "boosted",
    "calibrate",
    "evaluate",
    "fitted",
    "next_action",
    "profile_of",
]
