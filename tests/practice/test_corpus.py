"""The trap corpus: its truth holds by itself, and the matching is never false on it.

The truth comes from the world that the corpus simulates, not from the matcher; here it is proved
to be one (sums, dates, what is open) before anything is judged by it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from echeance.core import bank
from echeance.core.identifiers import Iban
from echeance.practice.console import app
from echeance.practice.corpus import files, generate, trial
from echeance.practice.corpus.baselines import BASELINES, best_without_false
from echeance.practice.corpus.model import Truth
from echeance.practice.corpus.numbers import Numbering
from echeance.practice.corpus.score import Answer, judge
from echeance.practice.corpus.sums import is_unique, some_subsets
from echeance.practice.corpus.traps import TRAPS


@pytest.fixture(scope="module")
def corpus():
    return generate.load(1, 1000)


# The corpus by itself.


def test_the_same_seed_gives_the_same_corpus_and_another_seed_another(corpus):
    assert generate.load(1, 1000) == corpus
    assert generate.load(2, 1000).payments != corpus.payments


def test_as_many_lines_and_items_as_asked():
    for lines, items in ((1, 5), (100, 1_000), (250, 2_000)):
        made = generate.load(3, lines, items)

        assert len(made.payments) == len(made.truths) == lines
        assert items <= len(made.items) <= items + 20


def test_every_situation_is_met_in_a_thousand_lines(corpus):
    assert {truth.trap for truth in corpus.truths} == set(TRAPS)


def test_most_lines_are_plain_and_knowable(corpus):
    count = Counter(truth.trap for truth in corpus.truths)
    plain = ("reference", "structured", "direct_debit", "amount", "several", "everything")

    assert 500 <= sum(count[name] for name in plain) <= 600
    assert 650 <= sum(truth.knowable for truth in corpus.truths) <= 800


def test_a_truth_sums_to_its_line_and_pays_no_more_than_is_open(corpus):
    items = {one.item_id: one for one in corpus.items}
    paid = defaultdict(Decimal)
    for payment, truth in zip(corpus.payments, corpus.truths, strict=True):
        told = chain(truth.allocations, truth.differences)
        assert sum((amount for _, amount in told), Decimal(0)) == payment.amount
        for item_id, amount in truth.allocations:
            paid[item_id] += amount
            late = items[item_id].issue_date > payment.booking_date
            assert late == (truth.trap == "future_item")
    for item_id, amount in paid.items():
        whole = items[item_id].open_amount
        assert amount == whole or Decimal(0) < amount < whole


def test_details_sum_to_their_batch(corpus):
    batches = [one for one in corpus.payments if one.parts]

    assert batches
    assert all(sum(part.amount for part in one.parts) == one.amount for one in batches)


def test_numbers_are_not_repeated_and_accounts_hold(corpus):
    by_number = defaultdict(set)
    shared = {
        one for truth in corpus.truths if truth.trap == "shared_number" for one in _ids(truth)
    }
    assert shared
    for one in corpus.items:
        by_number[one.document_number].add((one.debtor_id, one.issue_date))

    twice = [number for number, owners in by_number.items() if len(owners) > 1]
    assert len(twice) == len(shared)
    assert all(Iban.is_valid(iban) for iban in corpus.known_payers)


def _ids(truth):
    return [item_id for item_id, _ in truth.allocations]


def test_ranks_are_drawn_once():
    numbering = Numbering(5, 300)

    ranks = [numbering.take() for _ in range(300)]
    settled = [numbering.take_settled() for _ in range(300)]

    assert sorted(ranks + settled) == list(range(600))


def test_a_line_known_by_its_amount_alone_has_one_explanation(corpus):
    debtors = defaultdict(list)
    for one in corpus.items:
        debtors[one.debtor_id].append(one)
    owner = {one.item_id: one.debtor_id for one in corpus.items}
    checked = 0
    for payment, truth in zip(corpus.payments, corpus.truths, strict=True):
        if truth.trap != "amount" or not truth.knowable:
            continue
        pool = debtors[owner[truth.allocations[0][0]]]
        if len(pool) <= 10:
            checked += 1
            assert _explanations(pool, payment.amount) == [{one for one, _ in truth.allocations}]
    assert checked >= 20


def _explanations(pool, amount):
    sets = chain.from_iterable(combinations(pool, size) for size in range(1, len(pool) + 1))
    return [
        {one.item_id for one in chosen}
        for chosen in sets
        if sum(one.open_amount for one in chosen) == amount
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-60, 60).filter(bool), min_size=1, max_size=9), st.integers(1, 120))
def test_the_count_of_explanations_is_that_of_all_sets(amounts, target):
    places = range(len(amounts))
    sets = chain.from_iterable(combinations(places, size) for size in range(1, len(amounts) + 1))
    explanations = {one for one in sets if sum(amounts[at] for at in one) == target}

    assert is_unique(amounts, target) == (len(explanations) == 1)
    assert set(some_subsets(amounts, target)) <= explanations
    assert bool(some_subsets(amounts, target)) == bool(explanations)


# Judging.

TEN = Decimal("10.00")


@pytest.mark.parametrize(
    ("knowable", "answer", "false", "missed", "bold"),
    [
        (True, Answer(1, "applied", ((7, TEN),)), 0, 0, 0),
        (True, Answer(1, "applied", ((8, TEN),)), 1, 0, 0),
        (True, Answer(1, "applied", ((7, TEN),), (("small", Decimal("-0.10")),)), 1, 0, 0),
        (True, Answer(1, "asked"), 0, 1, 0),
        (True, Answer(1, "unknown"), 0, 1, 0),
        (False, Answer(1, "applied", ((7, TEN),)), 0, 0, 1),
        (False, Answer(1, "applied", ((8, TEN),)), 1, 0, 0),
        (False, Answer(1, "asked"), 0, 0, 0),
    ],
)
def test_an_answer_is_judged_by_the_truth(knowable, answer, false, missed, bold):
    truth = Truth(1, "reference", knowable, ((7, TEN),), ())

    total = judge([truth], [answer])[""]

    assert (total.false, total.missed, total.bold) == (false, missed, bold)


def test_the_threshold_stops_before_the_first_false_application():
    truths = [Truth(at, "amount", True, ((at, TEN),), ()) for at in range(1, 6)]
    right = [(1, 90), (2, 90), (3, 70), (5, 20)]
    answers = [Answer(at, "applied", ((at, TEN),), confidence=sure) for at, sure in right]
    answers.insert(3, Answer(4, "applied", ((9, TEN),), confidence=50))

    best = best_without_false(truths, answers)

    assert (best.threshold, best.applied, best.applied_all, best.false_all) == (70, 3, 5, 1)


# The matching on it.


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_false_application_and_more_applied_than_the_simple_methods(seed):
    result = trial.run(seed, 1000)

    assert result.false_entries() == []
    assert result.total.lines == 1000
    assert all(result.total.applied > one.best.applied for one in result.baselines)
    assert [one.name for one in result.baselines] == list(BASELINES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_no_false_application_in_twenty_thousand_lines(seed):
    result = trial.run(seed, 20_000)

    assert result.false_entries() == []
    assert all(result.total.applied > one.best.applied for one in result.baselines)


def test_the_order_of_the_lines_changes_no_answer():
    straight = generate.load(4, 300)
    turned = replace(straight, payments=straight.payments[::-1], truths=straight.truths[::-1])

    first = trial.run_on(4, straight, baselines=False).answers
    second = trial.run_on(4, turned, baselines=False).answers

    assert first == second[::-1]


# Files and console.


def test_the_files_say_what_the_corpus_says(corpus, tmp_path):
    files.write(corpus, tmp_path)

    (statement,) = bank.read((tmp_path / "statement.xml").read_bytes())
    (plain,) = bank.read((tmp_path / "statement.cfonb").read_bytes())
    truths = files.read_truths(tmp_path)
    rows = (tmp_path / "ITEMS.csv").read_text(encoding="utf-8").splitlines()

    wanted = [(one.direction, one.amount, one.booking_date) for one in corpus.payments]
    for read in (statement, plain):
        assert [(one.direction, one.amount, one.booking_date) for one in read.entries] == wanted
    assert [one.text for one in statement.entries if len(one.details) == 1] == [
        one.text for one in corpus.payments if not one.parts
    ]
    assert [(one.trap, one.allocations, one.differences) for one in truths] == [
        (one.trap, one.allocations, one.differences) for one in corpus.truths
    ]
    assert rows[0] == ",".join(files.COLUMNS)
    assert len(rows) == 1 + len(corpus.items)


def test_the_console_prints_the_figures_and_fails_on_a_false_application():
    done = CliRunner().invoke(app, ["matching", "--seed", "1", "--size", "80", "--json"])

    told = json.loads(done.stdout)
    assert done.exit_code == (1 if told["false"] else 0)
    assert (told["seed"], told["lines"]) == (1, 80)
    assert len(told["false_entries"]) == told["false"]
    assert told["applied"] + told["asked"] + told["unknown"] == 80
    assert [one["name"] for one in told["baselines"]] == list(BASELINES)
    assert sum(one["applied"] for one in told["traps"].values()) == told["applied"]


def test_the_console_shows_a_table_by_situation():
    done = CliRunner().invoke(app, ["matching", "--size", "80"])

    assert done.exit_code in (0, 1)
    assert "Un document cité, montant exact" in done.stdout
    assert "Montant exact" in done.stdout
    assert "80 lignes" in done.stdout


def test_answers_given_to_the_files_are_judged(tmp_path):
    corpus = generate.load(2, 60)
    files.write(corpus, tmp_path)
    lines = []
    for truth in corpus.truths:
        parts = [{"item_id": str(one), "amount": str(amount)} for one, amount in truth.allocations]
        kinds = [{"kind": one, "amount": str(amount)} for one, amount in truth.differences]
        decision = "applied" if truth.allocations else "unknown"
        row = {"entry": truth.entry_id, "decision": decision}
        lines.append(json.dumps({**row, "allocations": parts, "differences": kinds}))
    right, wrong = tmp_path / "right.jsonl", tmp_path / "wrong.jsonl"
    right.write_text("\n".join(lines), encoding="utf-8")
    broken = json.loads(next(line for line in lines if '"decision": "applied"' in line))
    broken["allocations"][0]["item_id"] = "999999"
    others = [line for line in lines if json.loads(line)["entry"] != broken["entry"]]
    wrong.write_text("\n".join([*others, json.dumps(broken)]), encoding="utf-8")

    asked = ["matching", "--out", str(tmp_path), "--json", "--answers"]
    good = CliRunner().invoke(app, [*asked, str(right)])
    bad = CliRunner().invoke(app, [*asked, str(wrong)])

    assert (good.exit_code, json.loads(good.stdout)["false"]) == (0, 0)
    assert (bad.exit_code, json.loads(bad.stdout)["false"]) == (1, 1)


def test_answers_need_the_folder_of_their_corpus(tmp_path):
    done = CliRunner().invoke(app, ["matching", "--answers", str(tmp_path / "none.jsonl")])

    assert done.exit_code == 2
    assert "Donnez par --out le dossier" in done.output
