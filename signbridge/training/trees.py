"""Extra-trees on a few resampled frames: the simple model that a network has to beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.errors import BackendUnavailableError
from signbridge.training.rows import training_rows

FRAMES = 16
TREES = 400
SEED = 0


@dataclass(frozen=True, slots=True)
class Forest:
    """Grown trees. Every node of every tree has a row; a leaf leads to itself.

    roots: (trees,) the row each tree begins at. feature, threshold: (nodes,) what is asked; left,
    right: (nodes,) where a yes and a no lead. label: (nodes,) the commonest there. depth: of the
    deepest tree.
    """

    roots: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    label: NDArray[np.int64]
    depth: int

    def shares(self, features: NDArray[np.float32], labels: int) -> NDArray[np.float32]:
        """Return (N, labels): the share of the trees that say each label of features (N, F)."""
        rows = np.arange(len(features))[:, None]
        at = np.tile(self.roots, (len(features), 1))
        for _ in range(self.depth):
            under = features[rows, self.feature[at]] <= self.threshold[at]
            at = np.where(under, self.left[at], self.right[at])
        found = np.zeros((len(features), labels), dtype=np.float32)
        np.add.at(found, (rows, self.label[at]), np.float32(1))
        return found / np.float32(len(self.roots))


def tree_features(signs: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return (N, F): FRAMES frames of both hands, each hand's place and its shape about the wrist.

    A hand not seen is zeros; signs (N, STEPS, 2, 21, 3).
    """
    at = np.linspace(0, signs.shape[1] - 1, FRAMES).round().astype(int)
    points = signs[:, at, :, :, :2].astype(np.float32)
    wrist = points[..., :1, :]
    parts = np.concatenate([wrist, points[..., 1:, :] - wrist], axis=-2)
    return np.asarray(np.nan_to_num(parts).reshape(len(signs), -1), dtype=np.float32)


def require_sklearn() -> None:
    """Raise `BackendUnavailableError` where no trees can be grown."""
    try:
        import sklearn  # noqa: F401
    except ImportError as cause:
        raise BackendUnavailableError(
            "the extra-trees baseline needs scikit-learn: pip install -r requirements-dev.txt"
        ) from cause


def grown(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    grew: Callable[[float], None] | None = None,
) -> Forest:
    """Return the trees of scikit-learn's ExtraTreesClassifier(TREES, random_state=SEED).

    They are grown one by one: scikit-learn keeps a number for each label at each node, tens of GB
    for the whole vocabulary, where nearly every leaf has one label alone. grew: told the share.
    """
    require_sklearn()
    from sklearn.tree import ExtraTreeClassifier

    draw = np.random.RandomState(SEED)
    parts: list[tuple[NDArray[Any], ...]] = []
    roots, nodes, depth = [], 0, 0
    for number in range(TREES):
        one = ExtraTreeClassifier(random_state=draw.randint(np.iinfo(np.int32).max))
        tree = one.fit(features, labels).tree_
        own, leaf = np.arange(tree.node_count), tree.children_left < 0
        left, right = (
            nodes + np.where(leaf, own, to) for to in (tree.children_left, tree.children_right)
        )
        label = one.classes_[tree.value[:, 0].argmax(axis=1)]
        asked = np.where(leaf, 0, tree.feature), tree.threshold.copy()  # a view keeps the tree
        parts.append((*asked, left, right, label))
        roots.append(nodes)
        nodes, depth = nodes + tree.node_count, max(depth, tree.max_depth)
        if grew:
            grew((number + 1) / TREES)
    feature, threshold, lefts, rights, names = map(np.concatenate, zip(*parts, strict=True))
    return Forest(np.array(roots), feature, threshold, lefts, rights, names, depth)


def tree_scores(
    collection: Collection, rows: NDArray[np.int64], allowed: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return (len(rows), glosses) scores of trees that saw the networks' own training rows.

    Only the `allowed` labels are learned: with more of them the trees would do worse.
    """
    require_sklearn()
    train = training_rows(collection, ())
    train = train[np.isin(collection.labels[train], allowed)]
    forest = grown(tree_features(collection.signs[train]), collection.labels[train])
    return forest.shares(tree_features(collection.signs[rows]), len(collection.glosses))
