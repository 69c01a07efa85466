"""What the boundary network learns from: composed streams, lone signs, spelled words, no signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import IDLE, LETTER_PREFIX, Collection
from signbridge.data.letters import PLACE_X, PLACE_Y
from signbridge.landmarks.activity import mirrored
from signbridge.landmarks.body import PALM_OVER_SHOULDERS, RIGHT, Hands, in_body_frame
from signbridge.landmarks.boundaries import BEGIN, CUT, END, HEADS, SIGN
from signbridge.landmarks.motion import RATE, chosen, motion
from signbridge.training import nonsigns, spelled
from signbridge.training.streams.camera import any_camera
from signbridge.training.streams.join import NATURAL, Stream, Style, join
from signbridge.training.streams.piece import Piece
from signbridge.training.streams.recordings import Recordings

Array = NDArray[np.float32]

FLUENT_S = 0.8  # signs closer than this follow one another; more is a rest
BLUR_S = 0.06  # nobody can say to the frame where a sign ends
# Of what is drawn: sentences, signs one by one, spelled words, signs as they were recorded; the
# rest is no signing at all.
SENTENCES, ONE_BY_ONE, SPELLED, AS_RECORDED = 0.5, 0.15, 0.06, 0.22
SLOW = Style(tempo=(0.6, 1.4), sign_s=(0.2, 4.0), shortened=0.1)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom streams are made of: recordings, hands that spell, and shapes that mean nothing.

    alone: recordings of one sign each as they are, with all that goes wrong in real ones.
    """

    recordings: Recordings
    alone: Sequence[Hands]
    spellers: Sequence[spelled.Hand]
    shapes: Array

    @staticmethod
    def of(recordings: Recordings, collection: Collection, rows: Iterable[int]) -> Sources:
        """Take what stands alone from `rows`, and the letters' handshapes for spelling."""
        stills = collection.handshapes
        spellers = []
        for source in sorted(set(stills.sources)):
            theirs = np.array([one == source for one in stills.sources])
            letters = np.array(stills.letters)
            by_letter = {
                str(letter): stills.points[theirs & (letters == letter)] / PALM_OVER_SHOULDERS
                for letter in np.unique(letters[theirs])
            }
            spellers.append(spelled.Hand(source, by_letter))
        signed = [row for row in rows if collection.glosses[collection.labels[row]] != IDLE]
        kept = [row for row in signed if collection.samples[row].signer in recordings.by_signer]
        alone = [collection.samples[row].hands for row in kept]
        return Sources(recordings, alone, spellers, stills.points)


@dataclass(frozen=True, slots=True)
class Example:
    """Features (N, FEATURES), targets (N, HEADS), and (HEADS,) which of them are known."""

    features: Array
    targets: Array
    known: Array


ALL = np.ones(HEADS, np.float32)
ONLY_CUTS = np.eye(HEADS, dtype=np.float32)[CUT]


def example(sources: Sources, rng: np.random.Generator) -> Example:
    """Return a stream of any kind."""
    kind = rng.random()
    if kind < SENTENCES + ONE_BY_ONE + SPELLED:
        stream = _stream(kind, sources, rng)
        truth = targets(stream.spans_s, _steps(stream.hands))
        return Example(_features(stream.hands, rng), truth, ALL)
    # Nowhere in what follows does one sign give way to another.
    known = ALL
    if kind < SENTENCES + ONE_BY_ONE + SPELLED + AS_RECORDED:
        hands, known = sources.alone[rng.integers(len(sources.alone))], ONLY_CUTS
    else:
        maker = rng.choice(np.array(list(nonsigns.makers().values())))
        hands = in_body_frame(maker(sources.shapes, rng))
    return Example(_features(hands, rng), np.zeros((_steps(hands), HEADS), np.float32), known)


def _stream(kind: float, sources: Sources, rng: np.random.Generator) -> Stream:
    recordings = sources.recordings
    # Dictionaries' signers have many glosses, webcams' few: neither shall be all there is.
    glosses = np.sqrt([len(recordings.glosses(signer)) for signer in recordings.signers])
    signer = recordings.signers[rng.choice(len(glosses), p=glosses / glosses.sum())]
    fps = float(rng.uniform(10, 30) if rng.random() < 0.8 else rng.uniform(30, 60))
    camera = any_camera(rng)
    if kind < SENTENCES:
        signs = recordings.some(signer, int(rng.integers(2, 9)), rng)
        breaks = [number for number in range(len(signs)) if rng.random() < 0.12]
        return join(signs, rng, fps, style=NATURAL, camera=camera, breaks=breaks)
    if kind < SENTENCES + ONE_BY_ONE:
        signs = recordings.some(signer, int(rng.integers(1, 4)), rng)
        return join(signs, rng, fps, style=SLOW, camera=camera, breaks=range(len(signs)))
    signs = (*recordings.some(signer, int(rng.integers(0, 3)), rng), word(sources, signer, rng))
    order = rng.permutation(len(signs))
    breaks = list(range(len(signs))) if rng.random() < 0.5 else []
    pieces = [signs[number] for number in order]
    return join(pieces, rng, fps, style=Style(sign_s=(0.2, 6.0)), camera=camera, breaks=breaks)


def word(sources: Sources, signer: str, rng: np.random.Generator) -> Piece:
    """Return a made-up word, spelled by a hand held before the shoulder, as one piece."""
    hand = sources.spellers[rng.integers(len(sources.spellers))]
    letters = "".join(rng.choice(list(hand.shapes), size=rng.integers(2, 9)))
    style = spelled.SpellingStyle(rise_s=(0.0, 0.0), lost=0.0)
    shapes = spelled.spelled(letters, hand, rng, style) * PALM_OVER_SHOULDERS
    points = np.full((len(shapes), 2, 21, 3), np.nan, dtype=np.float32)
    points[:, RIGHT] = shapes
    points[..., 0] += PLACE_X
    points[..., 1] += PLACE_Y
    last = len(points) - 1
    return Piece(points, spelled.FPS, 0, last, last, LETTER_PREFIX + letters, signer)


def targets(spans_s: Sequence[tuple[float, float]], steps: int) -> Array:
    """Return (steps, HEADS): what is true of each step of a stream with signs at `spans_s`."""
    at_s = np.arange(steps) / RATE
    truth = np.zeros((steps, HEADS), np.float32)
    following = [*(start_s for start_s, _ in spans_s[1:]), np.inf]
    for (start_s, end_s), next_s in zip(spans_s, following, strict=True):
        truth[(at_s >= start_s) & (at_s <= end_s), SIGN] = 1
        truth[:, BEGIN] = np.maximum(truth[:, BEGIN], _near(at_s, start_s))
        truth[:, END] = np.maximum(truth[:, END], _near(at_s, end_s))
        if next_s - end_s < FLUENT_S:
            truth[:, CUT] = np.maximum(truth[:, CUT], _near(at_s, end_s))
    return truth


def _near(at_s: NDArray[np.float64], moment_s: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * ((at_s - moment_s) / BLUR_S) ** 2))


def _steps(hands: Hands) -> int:
    return int((len(hands.points) - 1) / hands.fps * RATE + 1e-6) + 1


def _features(hands: Hands, rng: np.random.Generator) -> Array:
    """Return the features of hands as another body, camera or leading hand would show them."""
    points = mirrored(hands.points) if rng.random() < 0.4 else hands.points
    angle = 0.12 * rng.normal()
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    size = np.exp(0.12 * rng.normal()) * np.exp([0.06 * rng.normal(), 0])
    moved = chosen(points) @ (turn * size).T + 0.1 * rng.normal(size=2)
    return motion(moved.astype(np.float32), np.arange(len(points)) / hands.fps)
