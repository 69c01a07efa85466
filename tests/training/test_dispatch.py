"""The dispatcher learns from evidence whom to believe, and is measured on other people."""

from __future__ import annotations

import numpy as np

from signbridge.recognize.dispatch import CHOICES, EVIDENCE
from signbridge.training.dispatch import Read, chosen_across, fit, worth_of
from signbridge.training.dispatch_report import ALL, DISPATCHER, methods, rates, write
from signbridge.training.dispatch_said import Said, as_part, said
from signbridge.types import Guess, RecognitionResult

SAID = (Said(True, 0, 1), Said(False, 1, 1), Said(True, 1, 2))


def made(count: int = 120, seed: int = 0) -> list[Read]:
    """Stretches whose kind shows in their length and in who is sure, with some noise."""
    rng, found = np.random.default_rng(seed), []
    for number in range(count):
        place = number % 3
        evidence = rng.normal(0, 0.1, len(EVIDENCE))
        sure = (EVIDENCE.index("sign"), EVIDENCE.index("word"), EVIDENCE.index("sequence"))
        evidence[list(sure)] += 0.3
        evidence[sure[place]] += 0.6
        worth = np.full(3, 0.1)
        worth[place] = 0.9
        kind = ("sign", "spelled word", "sentence")[place]
        duration_s = (0.8, 1.5, 2.5)[place] + rng.normal(0, 0.5)
        found.append(Read(kind, number // 3 % 2, duration_s, evidence, worth, (True,) * 3, SAID))
    return found


def test_dispatcher_finds_the_reader_that_is_right():
    dispatcher = fit(made())
    others = made(seed=1)
    assert np.mean([worth_of(one, dispatcher) for one in others]) > 0.85


def test_single_signs_lose_next_to_nothing():
    """Where the evidence is worthless, the sign's reader keeps the signs."""
    rng = np.random.default_rng(0)
    worth = {"sign": np.array([0.7, 0.0, 0.65]), "sentence": np.array([0.2, 0.0, 0.3])}
    found = [
        Read(kind, n % 2, 1.0, rng.normal(size=len(EVIDENCE)), own, (True,) * 3, SAID)
        for kind, own in worth.items()
        for n in range(60)
    ]
    kept = np.mean([worth_of(one, fit(found)) for one in found if one.kind == "sign"])
    assert kept >= 0.69


def test_each_half_is_chosen_for_by_the_other():
    found = made()
    chosen = chosen_across(found)
    first = fit([one for one in found if one.half == 1])
    for one, choice in zip(found, chosen, strict=True):
        if one.half == 0:
            assert choice == CHOICES.index(first.chosen(one.evidence, one.read))


def test_kinds_weigh_alike_whatever_their_number():
    found = [one for one in made() if one.kind == "sign"][:5]
    found += [one for one in made() if one.kind == "sentence"]
    own = rates(found, methods(found, [0] * len(found))["always sign"])
    assert own[ALL].mean == np.mean([own["sign"].mean, own["sentence"].mean])


def test_report_sets_every_way_of_choosing_side_by_side(tmp_path):
    found = made()
    said = write(found, chosen_across(found), tmp_path)
    page = (tmp_path / "report.md").read_text()
    for name in ("always sign", "always spelling", "always sequence", DISPATCHER, "fitted"):
        assert name in page
    assert said in page
    assert "0.9" in said
    assert (tmp_path / "methods.png").stat().st_size > 5000


def test_what_is_said_are_the_sure_signs_where_they_are_most():
    def read(*given: tuple[str, bool]) -> list[RecognitionResult]:
        return [RecognitionResult("r", 0, 1, (Guess(g, 0.5),), not sure, 0.0) for g, sure in given]

    signed = ("ME", "LIKE", "BOOK")
    two_of_three = read(("ME", True), ("WANT", True), ("BOOK", False))
    assert said(two_of_three, signed) == Said(True, 2, 3)  # one wrong, one left out
    assert not said(read(("ME", True), ("BOOK", False)), signed).answered
    assert said([], signed) == Said(False, 3, 3)


def test_report_tells_how_right_the_answers_are():
    found = made(count=12)
    page = as_part(found, [CHOICES.index("sequence")] * 12)
    # Every stretch is answered by `sequence`, with one error in two signs.
    rows = [row for row in page.splitlines() if row.startswith("| sentence")]
    assert rows == ["| sentence | 4 | 1.00 (1.00-1.00) | 0.00 (0.00-0.00) | 0.50 (0.50-0.50) |"]
    nobody = as_part(found, [CHOICES.index("spelling")] * 12)
    assert "| sentence | 4 | 0.00 (0.00-0.00) | – | – |" in nobody  # noqa: RUF001 - a dash
