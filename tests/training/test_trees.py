"""The extra-trees that stand beside the networks."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.training import trees
from signbridge.training.trees import grown

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
