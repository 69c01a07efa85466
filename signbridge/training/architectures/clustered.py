"""The clustered softmax: first which cluster of glosses, then which gloss of that cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from signbridge.errors import BadInputError

ROUNDS = 50


class ClusteredHead(nn.Module):
    """Features -> log probabilities: log P(cluster) + log P(class | cluster) (Goodman 2001).

    clusters: of each class, 0 and up without gaps. A cluster of one class leaves no choice in it.
    """

    members: Tensor
    place: Tensor
    cluster: Tensor

    def __init__(self, features: int, clusters: Sequence[int]) -> None:
        super().__init__()
        of_class = np.asarray(clusters)
        count = int(of_class.max()) + 1
        groups = [np.flatnonzero(of_class == cluster) for cluster in range(count)]
        if not all(len(group) for group in groups):
            raise BadInputError("every cluster needs a class; number them from 0 without gaps")
        largest = max(len(group) for group in groups)
        members = np.full((count, largest), -1)  # -1: no class here, the cluster is smaller
        place = np.zeros(len(of_class), dtype=np.int64)
        for row, group in enumerate(groups):
            members[row, : len(group)] = group
            place[group] = np.arange(len(group))
        self.register_buffer("members", torch.from_numpy(members))
        self.register_buffer("place", torch.from_numpy(place))
        self.register_buffer("cluster", torch.from_numpy(of_class.astype(np.int64)))
        self.which = nn.Linear(features, count)
        self.inside = nn.Linear(features, len(of_class))

    def forward(self, features: Tensor) -> Tensor:
        """Return log probabilities (B, classes), which serve as logits, from (B, features)."""
        cluster = self.which(features).log_softmax(dim=-1)
        inside = self.inside(features)[:, self.members.clamp_min(0)]  # (B, clusters, largest)
        inside = inside.masked_fill(self.members < 0, -math.inf).log_softmax(dim=-1)
        return cluster[:, self.cluster] + inside[:, self.cluster, self.place]  # type: ignore[no-any-return]


def even_clusters(classes: int) -> list[int]:
    """Return the cluster of each class: neighbours together, about as many clusters as members."""
    size = max(1, math.ceil(math.sqrt(classes)))
    return [label // size for label in range(classes)]


def alike(vectors: NDArray[np.float32], count: int, seed: int = 0) -> list[int]:
    """Return the cluster of each row of vectors (classes, F): k-means, without empty clusters."""
    rng = np.random.default_rng(seed)
    centres = vectors[rng.permutation(len(vectors))[:count]]
    nearest = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(ROUNDS):
        distance = ((vectors[:, None] - centres) ** 2).sum(axis=-1)
        nearest = distance.argmin(axis=1)
        used = np.unique(nearest)
        moved = np.stack([vectors[nearest == cluster].mean(axis=0) for cluster in used])
        if len(moved) == len(centres) and np.allclose(moved, centres):
            break
        centres = moved
    return [int(cluster) for cluster in np.unique(nearest, return_inverse=True)[1]]
