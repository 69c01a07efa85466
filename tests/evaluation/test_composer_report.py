"""The report on the composers: what is counted, and that making things up would show in it."""

from __future__ import annotations

import json

import pytest

from signbridge.compose.chat.retrieval import examples
from signbridge.evaluation.composer import candidates, lattices, retrieval
from signbridge.evaluation.composer.__main__ import first
from signbridge.evaluation.composer.candidates import Case, cases, measured
from signbridge.evaluation.composer.endpoint import Others, asked
from signbridge.evaluation.composer.lattices import Outcome, Trial, trials
from signbridge.evaluation.composer.report import Figures, Grounded, write
from signbridge.remote import Endpoint
from signbridge.types import Guess, RecognitionResult
from tests.chat_server import saying
from tests.http_server import serving


def sign(at: int, *guesses: tuple[str, float]) -> RecognitionResult:
    found = tuple(Guess(text, score) for text, score in guesses)
    return RecognitionResult("landmark", at, at + 1, found, False, 0.0)


WATER = Case(
    "second",
    ("ME", "DRINK", "WATER"),
    (
        sign(0, ("ME", 0.9), ("SORRY", 0.1)),
        sign(1, ("DRINK", 0.9)),
        sign(2, ("TALK", 0.4), ("WATER", 0.3)),
    ),
    2,
)
CAT = Case(
    "first", ("CAT", "SMALL"), (sign(0, ("CAT", 0.5), ("EGG", 0.4)), sign(1, ("SMALL", 0.9))), 0
)


def test_first_guesses_are_right_where_the_set_says_so_and_nowhere_else():
    found = measured(first, (WATER, CAT))
    values = {name: each.value for name, each in found.items()}
    assert values == {"second": 0.0, "first": 1.0, "others": 1.0, "sentence": 0.5}


def test_all_of_a_few_is_no_certainty():
    found = candidates.measure([1, 1, 1], [1, 1, 1])
    assert found.value == found.interval.high == 1.0
    assert 0.4 < found.interval.low < 0.5
    assert candidates.measure([0], [50]).interval.high == pytest.approx(0.0714, abs=1e-3)


def test_the_confused_sign_of_each_written_case_is_the_one_that_was_marked():
    for case in cases():
        guesses = case.results[case.confused].guesses
        assert case.glosses[case.confused] in [guess.text for guess in guesses[:2]]


def test_there_are_200_trials_of_every_kind_and_the_same_each_time():
    found = trials()
    assert len(found) == 200
    assert {trial.kind for trial in found} == {*lattices.MADE_UP, lattices.WRITTEN}
    lattices.trials.cache_clear()
    assert trials() == found


def test_no_guess_of_a_trial_is_the_word_that_is_made_up():
    for trial in trials():
        guessed = {guess.text.lower() for one in trial.results for guess in one.guesses}
        assert not guessed & set(trial.made_up)
        assert set(trial.made_up) <= set(
            trial.answer.lower().rstrip(".!?").replace("n't", " not").replace(",", "").split()
        )


def test_a_composer_that_keeps_what_is_made_up_is_found_out():
    trial = Trial("number", CAT.results, "Seven cats are small.", ("seven",))
    kept, struck = Outcome(trial, trial.answer, False), Outcome(trial, "The cat is small.", True)
    assert lattices.injected([kept]).value == pytest.approx(1 / 3)
    assert lattices.injected([struck]).value == 0.0


def test_made_up_words_do_not_reach_the_page():
    some = trials()[::8]
    assert lattices.injected_before(some).value > 0.1
    assert lattices.injected(lattices.outcomes(some)).value <= 0.01
    assert lattices.injected_by_rules(some).value == 0.0


def test_examples_that_are_found_tell_more_than_those_by_chance():
    found = retrieval.measured()
    for name in retrieval.MEASURES:
        assert found["found"][name].value > found["by chance"][name].value


def test_an_example_is_not_shown_to_itself():
    for one in examples()[::40]:
        assert one not in Others().nearest(one.glosses.split())


def test_a_chat_model_is_measured_by_what_it_takes():
    with serving(saying("I drink water.")) as server:
        found = asked(Endpoint(server.url, model="llama"), (WATER, CAT), every=200)
        prompts = [json.loads(one.body["messages"][1]["content"]) for one in server.requests]
    assert found.choice["second"].value == 1.0
    assert found.choice["first"].value == 1.0  # it was struck: nobody signed water
    assert {bool(one["examples"]) for one in prompts} == {True, False}
    assert set(found.retrieval) == {"with examples", "without"}


def test_the_report_says_what_was_measured(tmp_path):
    one = candidates.measure([1, 0], [1, 1])
    sides = {
        "first guesses": measured(first, (WATER, CAT)),
        "with neighbours": measured(first, (CAT,)),
    }
    near = {name: dict.fromkeys(retrieval.MEASURES, one) for name in ("found", "by chance")}
    grounded = Grounded(2, {"number": 2}, one, one, one, {"number": one}, one)
    write(tmp_path, Figures(2, 1, sides, grounded, near))
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "0.50" in text
    assert "SIGNBRIDGE_CHAT_URL was not set" in text
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["cases"] == 2
    assert (tmp_path / "figures.png").stat().st_size > 1000
