"""Real sentences: were their key content words read? By a rule, not by looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signbridge.build import build
from signbridge.compose.rules import compose_glosses
from signbridge.evaluation.evaluate import landmarks_of
from signbridge.evaluation.labels import read_labels
from signbridge.evaluation.replay import translate_landmarks
from signbridge.recognize.translator.folder import DEFAULT_FOLDER
from signbridge.recognize.translator.recognizer import SequenceRecognizer
from signbridge.recognize.vocabulary import spellings
from signbridge.settings import Settings
from signbridge.training.translator.batch import tokens
from signbridge.types import Segment

RULE = (
    "Key content words are all words of the label except articles, forms of be, do and will, "
    'personal and possessive pronouns, demonstratives, and "to"; n\'t is "not". All of them must '
    "be among the key words of the sentence said, or among the glosses read, a gloss counting as "
    "the words it is written with (HOW-ARE-YOU has how). What is under the threshold counts only "
    "where that is said. Exact: besides, no other content word was read."
)
_LEFT_OUT = (
    "a an the am is are was were be been being do does did will i me my mine you your yours we us "
    "our they them their it its that this these those to i'm i'll you're it's"
)
LEFT_OUT = frozenset(_LEFT_OUT.split())
KNOWN = ("startasl", "signingsavvy")  # sources of WLASL as well


@dataclass(frozen=True, slots=True)
class Reading:
    """What one way of reading made of a clip."""

    said: tuple[str, ...]
    right: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class RealSentence:
    """A clip, its label and key words, and what each way of reading made of it.

    acquainted: the networks learned from other recordings by signers of its source.
    """

    clip: str
    label: str
    keys: tuple[str, ...]
    known: bool
    by_way: dict[str, Reading]
    acquainted: bool


def key_words(label: str) -> tuple[str, ...]:
    """Return the key content words of an English sentence; see RULE."""
    words: list[str] = []
    for word in tokens(label):
        parts = [word.removesuffix("n't"), "not"] if word.endswith("n't") else [word]
        words += [part for part in parts if part.isalpha() and part not in LEFT_OUT]
    return tuple(dict.fromkeys(words))


def words_of(gloss: str) -> frozenset[str]:
    """Return the words a gloss is written with."""
    return frozenset(part for text in spellings(gloss) for part in text.split())


def by_text(keys: Sequence[str], text: str) -> Reading:
    """Return whether the keys are among the key words of an English sentence, and no others."""
    words = key_words(text)
    right = all(key in words for key in keys)
    return Reading((text,) if text else (), right, right and set(words) == set(keys))


def judged(keys: Sequence[str], glosses: Sequence[str]) -> Reading:
    """Return whether the keys are among the glosses, and whether nothing else is."""
    said = [words_of(gloss) for gloss in glosses]
    right = all(any(key in words for words in said) for key in keys)
    others = [words for words in said if not words & {*keys, *LEFT_OUT}]
    return Reading(tuple(glosses), right, right and not others)


def real_sentences(labels: Path, folder: Path, cache: Path | None) -> list[RealSentence]:
    """Return every sentence clip as read whole, by signs, and as the app says it by its defaults.

    folder: of the translator; the app has the shipped one, so it is asked about that alone. cache:
    of the clips' landmarks.
    """
    engine = build(Settings(recognizers=("landmark",), speaker="none"))
    app = build(Settings(speaker="none"))
    sequence = SequenceRecognizer(folder, write=compose_glosses)
    known = {word for gloss in sequence.vocabulary for word in words_of(gloss)}
    found = []
    for clip in read_labels(labels):
        if clip.kind != "sentence":
            continue
        landmarks = landmarks_of(engine, clip.path, cache)
        keys = key_words(clip.label)
        signs = [one for one in sequence.read(landmarks) if not one.abstained]
        whole = sequence.recognize(Segment(landmarks, 0.0, landmarks.duration_s))
        text = whole.guesses[0].text if whole.guesses else ""
        by_signs = translate_landmarks(engine, landmarks).utterance
        by_way = {
            "sentence": by_text(keys, "" if whole.abstained else text),
            "sentence, sure or not": by_text(keys, text),
            "sure glosses": judged(keys, [one.guesses[0].text for one in signs]),
            "all glosses": judged(keys, whole.raw.split()),
            "sign by sign": judged(keys, by_signs.sources),
        }
        if folder.resolve() == DEFAULT_FOLDER:
            said = translate_landmarks(app, landmarks).utterance.text
            by_way["as the app says it"] = by_text(keys, said)
        found.append(
            RealSentence(
                clip.name,
                clip.label,
                keys,
                all(key in known for key in keys),
                by_way,
                clip.source in KNOWN,
            )
        )
    return found
