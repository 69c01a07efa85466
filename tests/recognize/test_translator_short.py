"""Stretches of hardly any frames, and those whose last part is one frame long."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.landmarks.body import RIGHT, Hands
from signbridge.recognize.translator.recognizer import SequenceRecognizer
from signbridge.training.cases import standing
from signbridge.types import Segment
from tests.signing import hand_shape


@pytest.fixture(scope="module")
def recognizer() -> SequenceRecognizer:
    return SequenceRecognizer()


@pytest.mark.parametrize("frames", [1, 2, 3, 481])
def test_no_length_of_a_stretch_breaks_the_reader(recognizer, frames):
    points = np.full((frames + 8, 2, 21, 3), np.nan, np.float32)
    points[4:-4, RIGHT] = 0.3 * hand_shape()
    landmarks = standing(Hands(points, 16.0))
    found = recognizer.recognize(Segment(landmarks, 0.0, landmarks.duration_s))
    assert found.abstained or found.guesses
    assert len(recognizer.read(landmarks)) < 40
