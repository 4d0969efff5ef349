"""What each reason of the banks means, and what to do about it."""

from __future__ import annotations

import pytest

from echeance.core.bank.return_reasons import REASONS, Action, reason_of


@pytest.mark.parametrize(
    ("codes", "action"),
    [
        ("AM04", Action.REPRESENT_ONCE),
        ("AC01 RC01", Action.ASK_IBAN),
        ("AC04", Action.STOP_MANDATE),
        ("AC06 AG01", Action.OTHER_MEANS),
        ("AM05", Action.CHECK_DOUBLE),
        ("BE05", Action.FIX_CREDITOR_ID),
        ("MD01 MD02", Action.NEW_MANDATE),
        ("MD06", Action.REOPEN_DISPUTE),
        ("MD07", Action.FREEZE_DUNNING),
        ("MS02", Action.CONTACT),
        ("MS03 SL01 RR01 RR02 RR03 RR04", Action.ASK_DEBTOR),
    ],
)
def test_each_code_has_its_action(codes, action):
    assert {reason_of(code).action for code in codes.split()} == {action}


def test_only_a_lack_of_funds_is_sent_again_as_it_is():
    assert [code for code, reason in REASONS.items() if reason.represents] == ["AM04"]


def test_a_mandate_that_is_dead_is_not_collected_under_any_more():
    ends = {code for code, reason in REASONS.items() if reason.ends_mandate}

    assert ends == {"AC04", "MD01", "MD02", "MD07"}


def test_every_reason_has_words_and_advice():
    for code, reason in REASONS.items():
        assert (len(code), code) == (4, reason.code)
        assert reason.meaning
        assert reason.advice.endswith(".")


def test_an_unknown_code_is_asked_about():
    assert reason_of("zz99").code == "ZZ99"
    assert reason_of("").action is Action.ASK_DEBTOR
