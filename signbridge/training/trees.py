"""Extra-trees on a few resampled frames: the simple model that a network has to beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.errors import BackendUnavailableError
from signbridge.training.fit import training_rows

FRAMES = 16
TREES = 400
SEED = 0


def tree_features(signs: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return (N, F): FRAMES frames of both hands, each hand's place and its shape about the wrist.

    A hand not seen is zeros; signs (N, STEPS, 2, 21, 3).
    """
    at = np.linspace(0, signs.shape[1] - 1, FRAMES).round().astype(int)
    points = signs[:, at, :, :, :2].astype(np.float32)
    wrist = points[..., :1, :]
    parts = np.concatenate([wrist, points[..., 1:, :] - wrist], axis=-2)
    return np.asarray(np.nan_to_num(parts).reshape(len(signs), -1), dtype=np.float32)


def tree_scores(
    collection: Collection, rows: NDArray[np.int64], allowed: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return (len(rows), glosses) scores of trees that saw the networks' own training rows.

    Only the `allowed` labels are learned: with more of them the trees would do worse.
    """
    try:
        from sklearn.ensemble import ExtraTreesClassifier
    except ImportError as cause:
        raise BackendUnavailableError(
            "the extra-trees baseline needs scikit-learn: pip install -r requirements-dev.txt"
        ) from cause
    train = training_rows(collection, ())
    train = train[np.isin(collection.labels[train], allowed)]
    trees = ExtraTreesClassifier(TREES, max_features="sqrt", random_state=SEED)
    trees.fit(tree_features(collection.signs[train]), collection.labels[train])
    scores = np.zeros((len(rows), len(collection.glosses)), dtype=np.float32)
    scores[:, trees.classes_] = trees.predict_proba(tree_features(collection.signs[rows]))
    return scores
