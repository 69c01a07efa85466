"""The extra-trees that stand beside the networks."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.landmarks.features import sign_features
from signbridge.recognize.landmark.adapt import averaged
from signbridge.training import trees
from signbridge.training.trees import grown, tree_features
from signbridge.training.trees_recognizer import TreesRecognizer
from signbridge.types import Landmarks, RecognitionResult, Segment
from tests.signing import flipped, signer

LABELS = 5


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "TREES", 20)


def rows(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return features that tell something of their labels, and the labels; 3 is none of them."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([0, 1, 2, 4], count)
    features = rng.normal(size=(count, 30)) + np.eye(LABELS, 30)[labels]
    return features.astype(np.float32), labels


@pytest.mark.usefixtures("few")
def test_trees_grown_one_by_one_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import ExtraTreesClassifier

    train, test = rows(80, 0), rows(50, 1)[0]
    theirs = ExtraTreesClassifier(20, max_features="sqrt", random_state=trees.SEED).fit(*train)
    ours = grown(*train).shares(test, LABELS)
    assert np.allclose(ours[:, theirs.classes_], theirs.predict_proba(test), atol=1e-6)
    assert (ours[:, 3] == 0).all()


@pytest.mark.usefixtures("few")
def test_growing_tells_how_far_it_is() -> None:
    told: list[float] = []
    grown(*rows(10, 0), told.append)
    assert told == [(number + 1) / 20 for number in range(20)]


def test_missing_scikit_learn_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(BackendUnavailableError, match=r"pip install -r requirements-dev\.txt"):
        grown(*rows(10, 0))


# ---- as a recognizer

GLOSSES = ("HELLO", "YES", "NO")


@pytest.fixture
def recognizer(few: None) -> TreesRecognizer:
    """Return trees that know three signs, which differ in how often the hand circles."""
    seen = [(label, 0.22 + 0.01 * size) for label in range(len(GLOSSES)) for size in range(6)]
    signs = [sign_features(signer(turns=1 + label, size=size))[0] for label, size in seen]
    labels = np.array([label for label, _ in seen])
    forest = grown(tree_features(np.stack(signs).astype(np.float16)), labels)
    return TreesRecognizer(forest, GLOSSES, len(labels))


def asked(recognizer: TreesRecognizer, landmarks: Landmarks) -> RecognitionResult:
    return recognizer.recognize(Segment(landmarks, 0.0, landmarks.duration_s))


def test_trees_name_the_sign_they_learned_seen_from_elsewhere(recognizer: TreesRecognizer) -> None:
    for label, gloss in enumerate(GLOSSES):
        landmarks = signer(turns=1 + label, size=0.3, centre=(0.4, 0.6), fps=24.0)
        for seen in (landmarks, flipped(landmarks)):
            result = asked(recognizer, seen)
            assert (result.guesses[0].text, result.abstained) == (gloss, False)
            assert sum(guess.score for guess in result.guesses) == pytest.approx(1, abs=1e-5)


def test_trees_average_a_sign_repeated_as_the_networks_do(recognizer: TreesRecognizer) -> None:
    landmarks = signer(turns=2, repeats=3, rest_s=0.8)
    signs = sign_features(landmarks)
    assert len(signs) > 1
    shares = recognizer._forest.shares(tree_features(signs.astype(np.float16)), len(GLOSSES))
    scores = {guess.text: guess.score for guess in asked(recognizer, landmarks).guesses}
    expected = zip(GLOSSES, averaged(shares), strict=True)
    assert scores == pytest.approx({gloss: float(share) for gloss, share in expected if share})


def test_trees_without_a_hand_to_see_abstain(recognizer: TreesRecognizer) -> None:
    unseen = Landmarks(np.full((30, 543, 3), np.nan, np.float32), 25.0)
    assert asked(recognizer, unseen).guesses == ()
    assert asked(recognizer, unseen).abstained


def test_trees_say_what_they_learned_from(recognizer: TreesRecognizer) -> None:
    assert recognizer.learned == "20 trees on 18 recordings the networks learn from"
    assert recognizer.vocabulary == GLOSSES
