"""One sign reads the same whoever makes it, wherever they sit and however they are filmed."""

import numpy as np
import pytest

from signbridge.landmarks import topology
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.features import LONGEST_S, STEPS, resampled, sign_features, windows
from signbridge.types import Landmarks
from tests.signing import flipped, signer


def difference(first, second) -> float:
    """Largest distance of any point, in shoulder widths; unseen parts must agree."""
    assert first.shape == second.shape
    assert (np.isnan(first) == np.isnan(second)).all()
    return float(np.nanmax(np.abs(first - second)))


def test_one_sign_gives_one_stretch_in_the_models_shape():
    assert sign_features(signer()).shape == (1, STEPS, 2, 21, 3)


def test_mirrored_picture_reads_the_same():
    assert difference(sign_features(signer()), sign_features(flipped(signer()))) < 1e-5


def test_size_and_place_of_the_signer_do_not_matter():
    small = signer(size=0.18, centre=(0.3, 0.4))
    assert difference(sign_features(signer()), sign_features(small)) < 1e-4


@pytest.mark.parametrize("fps", [10.0, 15.0, 24.0, 29.97, 60.0])
def test_frame_rate_hardly_matters(fps):
    reference, other = sign_features(signer(fps=30.0)), sign_features(signer(fps=fps))
    assert difference(reference, other) < 0.25  # one frame at 10 a second is 0.25 of this circle


def test_idle_hand_is_not_seen():
    assert difference(sign_features(signer()), sign_features(signer(idle_left=True))) < 1e-6


def test_picture_shape_does_not_matter():
    wide = signer()
    points = wide.points.copy()
    points[..., 0] *= wide.width_px / 1280  # the same signer in a picture twice as wide
    points[..., 2] *= wide.width_px / 1280
    stretched = Landmarks(points, wide.fps, 0.0, 1280, wide.height_px)
    assert difference(sign_features(wide), sign_features(stretched)) < 1e-5


def test_repeated_sign_gives_one_stretch_each():
    assert len(sign_features(signer(repeats=3))) == 3


@pytest.mark.parametrize("fps", [10.0, 25.0, 30.0])
@pytest.mark.parametrize("longer", range(1, 40, 3))
def test_windows_leave_no_frame_of_long_signing_unread(fps, longer):
    count = round(LONGEST_S * fps) + longer
    read = {frame for first, last in windows(count, fps) for frame in range(first, last)}
    assert read == set(range(count))


def test_long_signing_is_read_through_windows():
    assert len(sign_features(signer(sign_s=LONGEST_S + 2))) > 1


def test_no_hand_gives_no_stretch():
    points = signer().points.copy()
    points[:, topology.LEFT_HAND] = np.nan
    points[:, topology.RIGHT_HAND] = np.nan
    assert len(sign_features(Landmarks(points, 30.0))) == 0


def test_shoulders_are_half_a_width_from_the_centre():
    hands = in_body_frame(signer())
    raised = hands.points[20:50, 0, topology.WRIST]  # drawn on a circle around (-0.3, 0.2)
    assert np.nanmin(raised[:, 0]) == pytest.approx(-0.6, abs=0.02)
    assert np.nanmax(raised[:, 0]) == pytest.approx(0.0, abs=0.02)


def test_hands_alone_are_placed_by_their_size():
    points = signer().points.copy()
    points[:, topology.POSE] = np.nan
    alone = in_body_frame(Landmarks(points, 30.0)).points
    with_body = in_body_frame(signer()).points
    ratio = np.nanmax(np.ptp(alone[20:50, 0, 0], axis=0)) / np.nanmax(
        np.ptp(with_body[20:50, 0, 0], axis=0)
    )
    assert ratio == pytest.approx(1.0, abs=0.15)


def test_resampling_keeps_ends_and_lines():
    line = np.arange(5, dtype=np.float32)[:, None]
    assert np.allclose(resampled(line, 9)[:, 0], np.arange(9) / 2)


def test_resampling_beside_a_gap_takes_the_seen_neighbour():
    points = np.array([[0.0], [1.0], [np.nan], [np.nan]], dtype=np.float32)
    assert np.nanmax(resampled(points, 7)) == 1.0
