"""A network and its held-out signers -> every figure about calibrating and teaching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.recognize.landmark.adapt import Weighing
from signbridge.training.personal.measure import (
    Answers,
    Network,
    Rate,
    Truths,
    answers,
    before,
    fitted,
    rate,
)
from signbridge.training.personal.tasks import DICTIONARY, WEBCAM, Task, foreign, tasks

GRID = tuple(
    Weighing(gain, sharpness, floor)
    for gain, sharpness, floor in product((10.0, 20.0, 30.0, 40.0, 50.0), (5.0,), (-7.0, -6.0))
)
DRAWS = 2
# (kind, signs shown, examples of each). A dictionary signer has one recording of most signs.
SETTINGS = (
    (WEBCAM, 3, 3),
    (WEBCAM, 5, 3),
    (WEBCAM, 5, 5),
    (DICTIONARY, 5, 1),
    (DICTIONARY, 10, 1),
)
TOGETHER = 10  # signs that a community teaches at once
FOREIGN_DRAWS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """What one way of showing signs did; rates after it, and before it where that means something.

    shown, other: signs of the vocabulary right at the first guess. given: shown and answered
    rightly at the threshold. false: recordings of other signs, in the vocabulary or not, that are
    answered with a sign shown, at the threshold. outside: recordings outside the vocabulary that
    are answered at all.
    """

    what: str
    signers: int
    before_shown: Rate
    shown: Rate
    before_other: Rate
    other: Rate
    before_given: Rate
    given: Rate
    before_false: Rate
    false: Rate
    before_outside: Rate
    outside: Rate


def settings(
    collection: Collection, signers: Sequence[str]
) -> dict[tuple[str, int, int], tuple[Task, ...]]:
    """Return the tasks of every setting that some of the signers have recordings for."""
    kinds = {
        WEBCAM: [one for one in signers if one.startswith("words-")],
        DICTIONARY: [one for one in signers if one.startswith("wlasl-")],
    }
    found = {
        (kind, signs, examples): tasks(collection, kinds[kind], kind, signs, examples, DRAWS)
        for kind, signs, examples in SETTINGS
    }
    return {setting: made for setting, made in found.items() if made}


def chosen(
    network: Network, found: Sequence[Task], grid: Sequence[Weighing] = GRID
) -> dict[str, Weighing]:
    """Return the weighing for each signer, chosen on all others; under "" on everybody."""
    return fitted(network, found, grid)


def compared(
    what: str,
    network: Network,
    found: Sequence[Task],
    weighing: dict[str, Weighing],
    taught: bool = False,
) -> Row:
    """Return what the tasks give; `taught`: the signs shown are first taken out of the network."""
    pairs = []
    for task in found:
        one = network.without_signs_of(task) if taught else network
        own = weighing.get(task.signer, weighing[""])
        pairs.append((before(one, task), answers(one, task, own)))
    old, new = [a for a, _ in pairs], [b for _, b in pairs]
    return Row(
        what,
        len({task.signer for task in found}),
        before_shown=_rate(old, _shown, lambda a: a.right),
        shown=_rate(new, _shown, lambda a: a.right),
        before_other=_rate(old, _other, lambda a: a.right),
        other=_rate(new, _other, lambda a: a.right),
        before_given=_rate(old, _shown, lambda a: a.right & a.answered),
        given=_rate(new, _shown, lambda a: a.right & a.answered),
        before_false=_rate(old, _strange, lambda a: a.own & a.answered),
        false=_rate(new, _strange, lambda a: a.own & a.answered),
        before_outside=_rate(old, lambda a: ~a.inside, lambda a: a.answered),
        outside=_rate(new, lambda a: ~a.inside, lambda a: a.answered),
    )


def from_others(
    collection: Collection,
    glosses: Sequence[int],
    besides: tuple[NDArray[np.int64], NDArray[np.int64]],
    examples: int,
    askable: Sequence[str] = (),
) -> list[Task]:
    """Return tasks in which signs outside the vocabulary are taught by people, asked of others.

    besides: recordings of the vocabulary, and of nothing in it, that are asked about as well.
    askable: only these signers are asked, and none of them shows; everybody where it is empty.
    """
    inside, outside = besides
    found = []
    for shown, asked in foreign(collection, glosses, examples, TOGETHER, FOREIGN_DRAWS, askable):
        other = outside[~np.isin(collection.labels[outside], collection.labels[shown])]
        found.append(Task("", "", shown, np.concatenate([asked, inside]), other))
    return found


def _rate(
    found: Sequence[Answers], wanted: Callable[[Answers], Truths], hit: Callable[[Answers], Truths]
) -> Rate:
    return rate([(one, wanted(one), hit(one)) for one in found])


def _shown(one: Answers) -> Truths:
    return one.inside & one.shown


def _other(one: Answers) -> Truths:
    return one.inside & ~one.shown


def _strange(one: Answers) -> Truths:
    return ~(one.inside & one.shown)


def shipped_weighing(weighing: dict[str, Weighing]) -> Weighing:
    """Return the weighing fitted on everybody, rounded as the code writes it."""
    one = weighing[""]
    numbers = {field.name: round(getattr(one, field.name), 3) for field in fields(one)}
    return Weighing(**numbers)
