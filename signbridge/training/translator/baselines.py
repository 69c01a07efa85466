"""What a reader of sentences is measured against: signs one by one, and no eyes at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, NOSE_ABOVE_SHOULDERS, RIGHT, Hands
from signbridge.landmarks.segmenter import Segmenter
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.translator.prior import Prior
from signbridge.training.translator.composed import Example
from signbridge.types import Landmarks, Segment

WIDTH_PX, HEIGHT_PX = 640, 480
SHOULDERS = 0.3  # width, in picture heights
CENTRE = (0.5 * WIDTH_PX / HEIGHT_PX, 0.45)  # of the shoulders, in picture heights


def in_picture(hands: Hands) -> Landmarks:
    """Return hands in body units as a camera's landmarks: the inverse of `in_body_frame`."""
    points = np.full((len(hands.points), topology.N_POINTS, 3), np.nan, dtype=np.float32)
    moved = hands.points * np.float32(SHOULDERS)
    moved[..., :2] += np.array(CENTRE, dtype=np.float32)
    points[:, topology.RIGHT_HAND] = moved[:, RIGHT]
    points[:, topology.LEFT_HAND] = moved[:, LEFT]
    for place, side in ((topology.RIGHT_SHOULDER, -0.5), (topology.LEFT_SHOULDER, 0.5)):
        points[:, place] = (CENTRE[0] + side * SHOULDERS, CENTRE[1], 0.0)
    points[:, topology.NOSE] = (CENTRE[0], CENTRE[1] - NOSE_ABOVE_SHOULDERS * SHOULDERS, 0.0)
    points[..., [0, 2]] *= HEIGHT_PX / WIDTH_PX
    return Landmarks(points, hands.fps, width_px=WIDTH_PX, height_px=HEIGHT_PX)


def sign_by_sign(
    recognizer: LandmarkRecognizer, *, sure: bool
) -> Callable[[Example], tuple[str, ...]]:
    """Return what names each stretch that the rules find as one sign.

    sure: leave out what the recognizer would not say in the app.
    """

    def read(example: Example) -> tuple[str, ...]:
        seen = in_picture(example.hands)
        segmenter = Segmenter(WIDTH_PX, HEIGHT_PX)
        found = []
        for row, points in enumerate(seen.points):
            found += segmenter.push(points, row / seen.fps)
        glosses = []
        for part in [*found, *segmenter.finish()]:
            result = recognizer.recognize(Segment(part, part.start_s, part.start_s))
            if result.guesses and not (sure and result.abstained):
                glosses.append(result.guesses[0].text)
        return tuple(glosses)

    return read


def without_eyes(prior: Prior, names: tuple[str, ...]) -> Callable[[Example], tuple[str, ...]]:
    """Return what draws as many glosses as were signed, one after the other, from the prior."""
    rng = np.random.default_rng(0)

    def read(example: Example) -> tuple[str, ...]:
        glosses: list[int] = []
        for _ in example.glosses:
            shares = np.exp(prior.pairs[glosses[-1] if glosses else prior.edge][:-1])
            glosses.append(int(rng.choice(len(shares), p=shares / shares.sum())))
        return tuple(names[gloss] for gloss in glosses)

    return read
