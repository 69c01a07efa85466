"""The same measures through a chat model, where one is set: candidate choice and retrieval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sacrebleu.metrics import CHRF

from signbridge.compose.chat.composer import ChatComposer
from signbridge.compose.chat.retrieval import SHOWN, Example, Retriever, examples
from signbridge.errors import SignBridgeError
from signbridge.evaluation.boundaries import Measured
from signbridge.evaluation.composer import candidates
from signbridge.evaluation.composer.candidates import Case, measure
from signbridge.remote import Endpoint
from signbridge.types import Guess, RecognitionResult

EVERY = 4
"""Each fourth example is composed with and without others beside it."""


class NoExamples(Retriever):
    """Finds nothing."""

    def nearest(self, glosses: Sequence[str], count: int = SHOWN) -> tuple[Example, ...]:
        """Return no example."""
        return ()


class Others(Retriever):
    """Finds the nearest examples but the very sentence that is asked for."""

    def nearest(self, glosses: Sequence[str], count: int = SHOWN) -> tuple[Example, ...]:
        """Return examples of other glosses."""
        asked = " ".join(glosses)
        near = super().nearest(glosses, count + 1)
        return tuple(one for one in near if one.glosses != asked)[:count]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chat model made of it: its name, and the figures.

    answered: sentences that the model wrote and grounding let through.
    """

    model: str
    choice: Mapping[str, Measured]
    retrieval: Mapping[str, Mapping[str, Measured]]


def asked(endpoint: Endpoint, of: Sequence[Case], every: int = EVERY) -> Asked:
    """Ask a chat model for the written set, and for examples with and without others."""
    composer = ChatComposer(endpoint, Others())
    some = examples()[::every]
    return Asked(
        endpoint.model,
        candidates.measured(lambda results: taken(composer, results), of),
        {
            "with examples": _written(composer, some),
            "without": _written(ChatComposer(endpoint, NoExamples()), some),
        },
    )


def taken(composer: ChatComposer, results: Sequence[RecognitionResult]) -> list[str]:
    """Return the guesses that the model's sentence took; the first ones where it gave none."""
    try:
        choices = composer.compose(results).choices
    except SignBridgeError:
        choices = ()
    changed = {choice.start_s: choice.taken.text for choice in choices}
    return [changed.get(result.start_s, result.guesses[0].text) for result in results]


def _written(composer: ChatComposer, some: Sequence[Example]) -> Mapping[str, Measured]:
    chrf = CHRF()
    answered: list[bool] = []
    scores: list[float] = []
    for one in some:
        try:
            text = composer.compose(_signs(one)).text
        except SignBridgeError:
            text = ""
        answered.append(bool(text))
        scores.append(chrf.sentence_score(text, [one.english]).score / 100)
    ones = [1] * len(some)
    return {"answered": measure(answered, ones), "chrf": measure(scores, ones)}


def _signs(one: Example) -> tuple[RecognitionResult, ...]:
    return tuple(
        RecognitionResult("example", at, at + 0.5, (Guess(gloss, 0.9),), False, 0.0)
        for at, gloss in enumerate(one.glosses.split())
    )
