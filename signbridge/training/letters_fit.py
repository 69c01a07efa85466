"""Hands that show letters -> a trained LetterNet and its rule of motion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from signbridge.data.letter_hands import LetterHand
from signbridge.landmarks import topology
from signbridge.recognize.letters.model import SHAPES, LetterConfig, LetterNet
from signbridge.recognize.letters.motion import CUES, DRAWN, MotionRule, motion_cues
from signbridge.recognize.letters.reader import LetterReader
from signbridge.recognize.letters.shape import mirrored_hands, shape_features

BANK = 160  # varied copies of each letter of each hand: no source drowns another
FRAMES = 6  # of a recording, spread over its middle
MOTION_MOST = 8  # recordings of each letter and hand that teach the rule of motion
# The joint before each on its finger; the wrist's own is itself.
_PARENTS = (0, *(joint - 1 if (joint - 1) % 4 else 0 for joint in range(1, topology.HAND_POINTS)))


@dataclass(frozen=True, slots=True)
class LetterTraining:
    """What one run is made of; the card repeats it. Turns are in degrees, lengths in palms."""

    steps: int = 450
    batch: int = 256
    rate: float = 2e-3
    weight_decay: float = 0.05
    smoothing: float = 0.1
    yaw: float = 15.0
    pitch: float = 15.0
    roll: float = 9.0
    bones: float = 0.08
    jitter: float = 0.02
    depth: tuple[float, float] = (0.5, 1.4)
    squeeze: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Bank:
    """Varied copies of one hand's letters as features (N, FEATURES), as seen and mirrored."""

    seen: Tensor
    mirrored: Tensor
    labels: Tensor
    sided: Tensor


def stills_of(hand: LetterHand) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return frames (N, 21, 3) of a hand's held letters and their labels into SHAPES."""
    frames, labels = [], []
    for letter, track in zip(hand.letters, hand.tracks, strict=True):
        if letter in SHAPES:
            at = np.unique(np.linspace(0, len(track) - 1, FRAMES + 2).round().astype(int)[1:-1])
            frames.append(track[at])
            labels += [SHAPES.index(letter)] * len(at)
    return np.concatenate(frames), np.array(labels)


def make_bank(hand: LetterHand, config: LetterTraining, copies: int = BANK) -> Bank:
    """Return varied copies of a hand's letters, as many of each letter."""
    random = torch.Generator().manual_seed(config.seed)
    frames, labels = (torch.from_numpy(values) for values in stills_of(hand))
    rows = torch.cat([
        places[torch.randint(len(places), (copies,), generator=random)]
        for label in torch.unique(labels)
        for places in [torch.nonzero(labels == label)[:, 0]]
    ])  # fmt: skip
    varied = vary(frames[rows], config, random)
    seen, mirrored = shape_features(varied), shape_features(mirrored_hands(varied))
    return Bank(seen, mirrored, labels[rows], torch.full((len(rows),), hand.sided))


def vary(hands: Tensor, config: LetterTraining, random: torch.Generator) -> Tensor:
    """Return hands (N, 21, 3) in palm lengths as other people and cameras would show them.

    Other fingers' lengths, another view, another depth (MediaPipe's is a guess), pictures
    squeezed a little, and the detector's noise.
    """
    count = len(hands)

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=random)

    hands = hands - hands[:, :1]
    hands = hands / hands[:, topology.MIDDLE_MCP].norm(dim=-1).clamp_min(1e-6)[:, None, None]
    bones = hands - hands[:, _PARENTS]
    fingers = normal(len(topology.FINGERS), 1).repeat_interleave(4, dim=1)
    change = 1 + config.bones * (fingers + 0.5 * normal(topology.HAND_POINTS - 1, 1))
    bones[:, 1:] *= change.clamp(0.6, 1.5)
    joints = [bones[:, 0]]
    for joint in range(1, topology.HAND_POINTS):
        joints.append(joints[_PARENTS[joint]] + bones[:, joint])
    turns = [_rotations(axis, np.deg2rad(degrees) * normal())
             for axis, degrees in enumerate((config.pitch, config.yaw, config.roll))]  # fmt: skip
    varied = torch.stack(joints, dim=1) @ (turns[1] @ turns[0] @ turns[2]).transpose(1, 2)
    low, high = config.depth
    varied[..., 2] *= low + (high - low) * torch.rand(count, 1, generator=random)
    varied[..., 0] *= torch.exp(config.squeeze * normal(1))
    roughness = 2 * config.jitter * torch.rand(count, 1, 1, generator=random)
    noise = normal(topology.HAND_POINTS, 3) * torch.tensor([1.0, 1.0, 2.5])
    return varied + roughness * noise


def _rotations(axis: int, angles: Tensor) -> Tensor:
    first, second = [i for i in range(3) if i != axis]
    turns = torch.eye(3).repeat(len(angles), 1, 1)
    turns[:, first, first] = turns[:, second, second] = angles.cos()
    turns[:, first, second], turns[:, second, first] = -angles.sin(), angles.sin()
    return turns


def fit_shapes(banks: Sequence[Bank], config: LetterTraining, model: LetterConfig) -> LetterNet:
    """Return a network trained on these hands; each member sees its own batches."""
    torch.manual_seed(config.seed)
    seen, mirrored = torch.cat([b.seen for b in banks]), torch.cat([b.mirrored for b in banks])
    labels, sided = torch.cat([b.labels for b in banks]), torch.cat([b.sided for b in banks])
    network = LetterNet(model)
    both = torch.cat([seen, mirrored])
    network.mean.copy_(both.mean(dim=0))
    network.deviation.copy_(both.std(dim=0) + 1e-3)
    for member in network.members:
        optimiser = torch.optim.AdamW(
            member.parameters(), lr=config.rate, weight_decay=config.weight_decay
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, config.rate, total_steps=config.steps, pct_start=0.1
        )
        for _ in range(config.steps):
            rows = torch.randint(len(labels), (config.batch,))
            logits = network.read(member, (seen[rows], mirrored[rows]))
            loss = letter_loss(logits, labels[rows], sided[rows], config.smoothing)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return network.eval()


def letter_loss(logits: Tensor, labels: Tensor, sided: Tensor, smoothing: float) -> Tensor:
    """Return the mean loss of logits (N, 48); where the side is unknown, either will do."""
    logs = logits.log_softmax(dim=-1).reshape(-1, 2, len(SHAPES))
    right, left = logs.gather(2, labels[:, None, None].expand(-1, 2, 1))[..., 0].unbind(dim=1)
    meant = torch.where(sided, right, torch.logaddexp(right, left))
    return -((1 - smoothing) * meant + smoothing * logs[:, 0].mean(dim=-1)).mean()


def fit_motion(reader: LetterReader, hands: Sequence[LetterHand], seed: int = 0) -> MotionRule:
    """Return the rule that tells J and Z from held letters, fitted on moving hands.

    Held letters also come with a hand that is raised before and lowered after them.
    """
    rng = np.random.default_rng(seed)
    ways: list[NDArray[np.float32]] = []
    drawn = []
    for hand in hands:
        taught: Counter[str] = Counter()
        for letter, track in zip(hand.letters, hand.tracks, strict=True):
            taught[letter] += 1
            if taught[letter] > MOTION_MOST:
                continue
            kind = DRAWN.index(letter) if letter in DRAWN else 0
            ways += [track, raised_and_lowered(track, rng)]
            drawn += [kind, kind]
    # One call for all frames: a network call for each way would take most of the time.
    ends = np.cumsum([len(way) for way in ways])[:-1]
    shapes = np.split(reader.shapes(np.concatenate(ways)), ends)
    cues = [motion_cues(way, of_way) for way, of_way in zip(ways, shapes, strict=True)]
    return fit_rule(np.stack(cues), np.array(drawn))


def fit_rule(cues: NDArray[np.float64], drawn: NDArray[np.int64]) -> MotionRule:
    """Return multinomial logistic regression of cues (N, CUES) on labels into DRAWN, balanced."""
    inputs, targets = torch.from_numpy(cues).float(), torch.from_numpy(drawn)
    rule = nn.Linear(CUES, len(DRAWN))
    nn.init.zeros_(rule.weight)
    nn.init.zeros_(rule.bias)
    shares = torch.bincount(targets, minlength=len(DRAWN)).clamp_min(1).sqrt().reciprocal()
    optimiser = torch.optim.LBFGS(rule.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(rule(inputs), targets, weight=shares)
        loss = loss + 3e-3 * rule.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    weights = tuple(tuple(map(float, row)) for row in rule.weight.detach())
    return MotionRule(weights, tuple(map(float, rule.bias.detach())))


def raised_and_lowered(track: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a way (T, 21, 3) with the hand coming up before it and going down after it."""
    size = np.median(np.linalg.norm(track[:, topology.MIDDLE_MCP] - track[:, 0], axis=-1))
    count = max(2, round(len(track) * rng.uniform(0.1, 0.35)))
    parts = []
    for shape in (track[0], track[-1]):
        low = np.array([rng.normal(0, 0.4), rng.uniform(0.5, 3.0), 0], dtype=np.float32) * size
        share = np.linspace(1, 0, count, dtype=np.float32)[:, None, None]
        parts.append(shape + share * low)
    whole = np.concatenate([parts[0], track, parts[1][::-1]])
    return np.asarray(whole, dtype=np.float32)
