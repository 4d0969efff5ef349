"""Cases read from JSON: what is exact, what is refused and how it is said."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.core.dunning import cases as module
from echeance.core.dunning.cases import (
    BadCaseError,
    CaseRateUnknownError,
    UnreadableCasesError,
    answer_told,
    read_cases,
    reckon,
)

INVOICE = {"number": "F1", "amount": "1000.00", "due_date": "2026-03-31"}
PAYMENT = {"date": "2026-04-30", "amount": "400.00", "number": "F1"}
CASE = {
    "id": "dossier",
    "creditor": "company",
    "debtor": "professional",
    "invoices": [INVOICE],
    "payments": [PAYMENT],
    "until": "2026-05-31",
    "contract_rate_percent": None,
    "insolvency_date": None,
}


def read(told):
    return read_cases(json.dumps(told).encode())


def only(**changes):
    return [CASE | changes]


def test_an_answer_has_slices_interest_indemnity_and_total():
    cases, shape = read([CASE])

    assert shape == "list"
    assert answer_told(reckon(cases[0])) == {
        "id": "dossier",
        "debtor": "professional",
        "until": "2026-05-31",
        "imputation": "interest_first",
        "invoices": [
            {
                "number": "F1",
                "amount": "1000.00",
                "due_date": "2026-03-31",
                "slices": [
                    {
                        "from": "2026-04-01",
                        "to": "2026-04-30",
                        "days": 30,
                        "base": "1000.00",
                        "rate": "12.15",
                        "amount": "9.99",
                    },
                    {
                        "from": "2026-05-01",
                        "to": "2026-05-31",
                        "days": 31,
                        "base": "609.99",
                        "rate": "12.15",
                        "amount": "6.29",
                    },
                ],
                "interest": "16.28",
                "interest_paid": "9.99",
                "interest_left": "6.29",
                "indemnity": "40.00",
                "total": "56.28",
                "principal_left": "609.99",
                "balance": "656.28",
            }
        ],
        "interest": "16.28",
        "interest_paid": "9.99",
        "interest_left": "6.29",
        "indemnity": "40.00",
        "total": "56.28",
        "principal_left": "609.99",
        "balance": "656.28",
        "unapplied": "0.00",
    }


@pytest.mark.parametrize(
    ("told", "shape"),
    [([CASE], "list"), ({"cases": [CASE]}, "cases"), (CASE, "case"), ([], "list")],
)
def test_one_case_a_list_or_an_object_with_cases(told, shape):
    cases, found = read(told)

    assert (len(cases), found) == (1 if told else 0, shape)


def test_numbers_of_the_file_are_read_exactly():
    text = json.dumps(only(contract_rate_percent="RATE")).replace('"1000.00"', "1000.10")
    [case], _ = read_cases(text.replace('"RATE"', "12.345").encode())

    assert case.invoices[0].amount == Decimal("1000.10")
    assert case.contract_rate == Decimal("12.345")
    assert answer_told(reckon(case))["invoices"][0]["slices"][0]["rate"] == "12.345"


def test_the_case_chooses_its_imputation_before_the_caller():
    [case], _ = read(only(imputation="principal_first"))

    assert reckon(case).invoices[0].interest.principal_left == Decimal("600.00")


def test_a_payment_may_be_a_credit_note_and_a_remark_is_left_aside():
    [case], _ = read(only(payments=[PAYMENT | {"kind": "credit_note"}], histoire="avoir reçu"))

    interest = reckon(case).invoices[0].interest
    assert [str(part.base) for part in interest.slices] == ["1000.00", "600.00"]
    assert interest.slices[1].days == 32  # from the date of the credit note on


BAD = {
    "two invoices of one number": (
        {"invoices": [INVOICE, INVOICE]},
        "invoices[2].number : la facture F1 est donnée deux fois",
    ),
    "no invoice": ({"invoices": []}, "invoices : au moins une facture est attendue"),
    "no list": ({"invoices": {}}, "invoices : une liste est attendue"),
    "no object": ({"invoices": ["F1"]}, "invoices[1] : un objet est attendu"),
    "a negative amount": (
        {"invoices": [INVOICE | {"amount": "-1.00"}]},
        "invoices[1].amount : un montant au-dessus de zéro est attendu",
    ),
    "a third decimal": (
        {"invoices": [INVOICE | {"amount": "1.001"}]},
        "invoices[1].amount : un montant a deux décimales au plus",
    ),
    "an amount beyond measure": (
        {"invoices": [INVOICE | {"amount": "1e400000"}]},
        "invoices[1].amount : ce montant est trop grand",
    ),
    "no amount": (
        {"invoices": [{"number": "F1", "due_date": "2026-03-31"}]},
        "invoices[1].amount : un nombre est attendu",
    ),
    "true is no amount": (
        {"invoices": [INVOICE | {"amount": True}]},
        "invoices[1].amount : un nombre est attendu",
    ),
    "NaN is no amount": (
        {"invoices": [INVOICE | {"amount": "NaN"}]},
        "invoices[1].amount : un nombre est attendu",
    ),
    "a French date": (
        {"invoices": [INVOICE | {"due_date": "31/03/2026"}]},
        "invoices[1].due_date : une date est attendue, écrite AAAA-MM-JJ",
    ),
    "a week date": (
        {"until": "2026-W10-1"},
        "until : une date est attendue, écrite AAAA-MM-JJ",
    ),
    "a day that does not exist": (
        {"until": "2026-02-30"},
        "until : une date est attendue, écrite AAAA-MM-JJ",
    ),
    "a day beyond measure": ({"until": "9999-12-31"}, "until : cette date est trop lointaine"),
    "no last day": ({"until": None}, "until : une date est attendue, écrite AAAA-MM-JJ"),
    "another debtor": (
        {"debtor": "friend"},
        "debtor : une de ces valeurs est attendue : professional, public, consumer",
    ),
    "another creditor": (
        {"creditor": "individual"},
        "creditor : une de ces valeurs est attendue : company",
    ),
    "an unknown invoice": (
        {"payments": [PAYMENT | {"number": "F9"}]},
        "payments[1].number : le cas n'a pas de facture F9",
    ),
    "a payment of nothing": (
        {"payments": [PAYMENT | {"amount": 0}]},
        "payments[1].amount : un montant au-dessus de zéro est attendu",
    ),
    "a rate beyond measure": (
        {"contract_rate_percent": "101"},
        "contract_rate_percent : un taux annuel entre 0 et 100 est attendu",
    ),
    "a negative rate": (
        {"contract_rate_percent": -1},
        "contract_rate_percent : un taux annuel entre 0 et 100 est attendu",
    ),
    "a rate too fine": (
        {"contract_rate_percent": "1.1234567"},
        "contract_rate_percent : un taux a six décimales au plus",
    ),
    "an imputation nobody knows": (
        {"imputation": "first"},
        "imputation : une de ces valeurs est attendue : interest_first, principal_first",
    ),
}


@pytest.mark.parametrize(("changes", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_field_is_named_with_its_case(changes, told):
    with pytest.raises(BadCaseError) as caught:
        read(only(**changes))

    assert str(caught.value) == f"Cas dossier, {told}. Corrigez ce champ et relancez."
    assert caught.value.kind == "invalid"


def test_a_key_almost_right_is_not_silently_left_aside():
    told = {key: value for key, value in CASE.items() if key != "contract_rate_percent"}

    with pytest.raises(BadCaseError, match="« contract_rate » inconnue, « contract_rate_percent »"):
        read([told | {"contract_rate": "15"}])


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ({}, "Cas n° 1, id : un texte est attendu."),
        ("dossier", "Cas n° 1, cas : un objet est attendu."),
        ({"id": "x" * 81}, "Cas n° 1, id : plus de 80 caractères."),
    ],
)
def test_a_case_without_a_name_is_told_by_its_place(first, told):
    with pytest.raises(BadCaseError) as caught:
        read([first])

    assert str(caught.value).startswith(told)


def test_two_cases_of_one_name_are_refused():
    with pytest.raises(BadCaseError, match="deux cas portent cet identifiant"):
        read([CASE, CASE])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "il n'est pas en UTF-8"),
        (b"[", "ce n'est pas du JSON (ligne 1, colonne 2)"),
        (b"12", "une liste de cas est attendue"),
        (b'{"cases": 1}', "une liste de cas est attendue"),
        (b'{"id": 1, "id": 2}', "la clé « id » est donnée deux fois"),
        (b"[NaN]", "un nombre ne peut pas être lu"),
        (b"[" * 100_000, "ses listes sont imbriquées sans fin"),
    ],
)
def test_a_file_that_is_not_cases_is_refused(content, told):
    with pytest.raises(UnreadableCasesError) as caught:
        read_cases(content)

    assert str(caught.value) == f"Fichier de cas illisible : {told}. Corrigez-le et relancez."


def test_a_file_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(module, "BYTES_MAX", 1_000_000)

    with pytest.raises(UnreadableCasesError, match="il dépasse 1 Mo"):
        read_cases(b"[" + b" " * 1_000_000)


def test_work_without_bound_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr(module, "WORK_MAX", 3)
    unnamed = [{"date": "2026-04-30", "amount": 1}] * 2
    two = [INVOICE, INVOICE | {"number": "F2"}]

    with pytest.raises(UnreadableCasesError, match="trop de paiements sans numéro de facture"):
        read(only(invoices=two, payments=unnamed))


def test_an_unknown_rate_names_the_case_the_invoice_and_the_semester():
    [case], _ = read(only(until="2027-01-01"))

    with pytest.raises(CaseRateUnknownError) as caught:
        reckon(case)

    assert str(caught.value) == (
        "Cas dossier, facture F1 : les taux du semestre 2027S1 ne sont pas connus. Ajoutez-les "
        "par « echeance collection rates add », ou arrêtez le calcul plus tôt."
    )
    assert caught.value.kind == "unavailable"


def test_what_a_payment_without_a_name_has_too_much_goes_on_what_is_not_due_yet():
    invoices = [INVOICE, INVOICE | {"number": "F2", "due_date": "2026-06-30"}]
    paid = [{"date": "2026-03-31", "amount": "1200.00"}]
    [case], _ = read(only(invoices=invoices, payments=paid))

    first, second = reckon(case).invoices
    assert (first.interest.principal_left, first.indemnity) == (0, 0)
    assert second.interest.principal_left == Decimal("800.00")


WILD = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*CASE, "number", "amount", "date", "cases", "x"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(WILD | st.fixed_dictionaries({key: WILD | st.just(value) for key, value in CASE.items()}))
def test_whatever_the_file_holds_the_answer_is_cases_or_a_sentence(told):
    with suppress(BadCaseError, UnreadableCasesError, CaseRateUnknownError):
        cases, _ = read(told)
        for case in cases:
            reckon(case)
