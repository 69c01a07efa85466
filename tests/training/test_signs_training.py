"""Augmentation, calibration and the training loop on a tiny made-up set."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import softmax

from signbridge.data.collection import Collection
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import split_of
from signbridge.data.samples import Sample
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import STEPS
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.training import fit as training
from signbridge.training import signs
from signbridge.training.augment import AugmentConfig, augmented, evenly
from signbridge.training.score import probabilities, top_k
from tests.signing import hand_shape

GLOSSES = ("HELLO", "YES", "NO", "FS-A", "STRANGE")
QUIET = AugmentConfig(
    crop=0, warp=0, low_rate=0, rotate=0, scale=0, stretch=0, shift=0, hand_rotate=0, hand_tilt=0,
    hand_scale=0, hand_shift=0, jitter=0, depth=0, flat=0, mirror=0, drop_span=0, drop_frames=0,
    drop_second=0,
)  # fmt: skip


def made_sign(label: int, rng: np.random.Generator) -> np.ndarray:
    """Each gloss is a straight path in a direction of its own."""
    points = np.full((STEPS, 2, 21, 3), np.nan, dtype=np.float32)
    angle = 2 * np.pi * label / len(GLOSSES)
    path = np.linspace(0, 0.8, STEPS)[:, None] * [np.cos(angle), np.sin(angle)]
    points[:, 0] = 0.3 * hand_shape() + rng.normal(0, 0.01, (21, 3))
    # Nobody signs twice in one place: nearer than that, two recordings count as one.
    points[:, 0, :, :2] += path[:, None] + rng.normal(0, 0.1, 2)
    return points


def made_sample(clip: str, gloss: str, signer: str, official_split: str) -> Sample:
    return Sample(
        dataset="made",
        clip=clip,
        gloss=gloss,
        signer=signer,
        source="made",
        split=split_of(signer, official_split),
        licence="none",
        official_split=official_split,
        hands=Hands(np.zeros((0, 2, 21, 3), np.float32), 25.0),
    )


@pytest.fixture
def collection() -> Collection:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 4
    labels[labels == 3] = 4  # letters come from handshapes alone
    samples = tuple(
        made_sample(
            str(i),
            GLOSSES[label],
            "wlasl-8" if i >= 48 else f"s{i % 6}",
            "test" if i % 12 == 5 else "train",
        )
        for i, label in enumerate(labels)
    )
    return Collection(
        signs=np.stack([made_sign(label, rng) for label in labels]).astype(np.float16),
        labels=labels,
        samples=samples,
        glosses=GLOSSES,
        offered=4,
        wlasl_class=np.where(labels < 4, labels, 500),
        handshapes=Handshapes(np.repeat(hand_shape()[None] * 0.3, 4, 0), ("A",) * 4, ("x",) * 4),
    )


def small(epochs: int) -> training.TrainConfig:
    return training.TrainConfig(epochs=epochs, batch=16, per_letter=4, average=0.5, rate=3e-3)


@pytest.fixture
def quick(monkeypatch):
    """A network small enough to learn the made-up set in seconds."""
    original = training.ModelConfig
    monkeypatch.setattr(
        training,
        "ModelConfig",
        lambda classes, dropout, causal: original(
            classes=classes, steps=16, hand_width=8, width=32, stages=1, convolutions=1, dropout=0
        ),
    )
    torch.set_num_threads(1)


def test_training_learns_a_tiny_set(collection, tmp_path, quick):
    network = training.train(collection, small(30), tmp_path / "state.pt")
    rows = collection.where(lambda sample: sample.official_split == "test")
    scores = probabilities(network, collection.signs[rows])
    assert top_k(scores, collection.labels[rows], 1).all()


def test_resumed_training_equals_an_unbroken_one(collection, tmp_path, quick, monkeypatch):
    whole = training.train(collection, small(4), tmp_path / "whole.pt")
    original, done = training.save_state, []

    def stop_after_two(path, state):
        original(path, state)
        done.append(path)
        if len(done) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(training, "save_state", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        training.train(collection, small(4), tmp_path / "parts.pt")
    resumed = training.train(collection, small(4), tmp_path / "parts.pt")
    for first, second in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(first, second)


def test_distance_to_a_teacher_is_the_divergence_at_its_temperature():
    rng = np.random.default_rng(0)
    logits, taught = (torch.from_numpy(rng.normal(size=(3, 5))) for _ in range(2))
    labels = torch.tensor([0, 4, 2])
    config = replace(small(1), taught=1.0)
    student, teacher = (
        softmax(one.numpy() / training.TEMPERATURE, axis=1) for one in (logits, taught)
    )
    wanted = training.TEMPERATURE**2 * (teacher * np.log(teacher / student)).sum(axis=1).mean()
    found = training.loss_of(logits, labels, config, taught)
    assert found.item() == pytest.approx(wanted)
    assert training.loss_of(logits, labels, config, logits).item() == pytest.approx(0)
    half = training.loss_of(logits, labels, replace(config, taught=0.5), taught)
    own = training.loss_of(logits, labels, config)
    assert half.item() == pytest.approx((found.item() + own.item()) / 2)


def test_student_learns_what_its_teacher_says_instead_of_the_labels(collection, tmp_path, quick):
    teacher = training.train(collection, small(30), tmp_path / "teacher.pt")
    turned = replace(collection, labels=(collection.labels + 1) % len(GLOSSES))
    config = replace(small(30), taught=1.0)
    student = training.train(turned, config, tmp_path / "student.pt", teacher)
    rows = collection.where(lambda sample: sample.official_split == "test")
    said = probabilities(student, collection.signs[rows])
    assert top_k(said, collection.labels[rows], 1).all()


def test_student_starts_where_its_own_teacher_ended(collection, tmp_path, quick):
    teacher = training.train(collection, small(2), tmp_path / "teacher.pt")
    config = replace(small(1), rate=0.0, weight_decay=0.0, taught=0.7)
    student = training.train(collection, config, tmp_path / "student.pt", teacher, teacher)
    for first, second in zip(teacher.parameters(), student.parameters(), strict=True):
        assert torch.equal(first, second)


def test_model_folder_is_whole(collection, tmp_path, quick):
    network = training.train(collection, small(2), tmp_path / "state.pt")
    networks = [network, deepcopy(network)]
    signs.write_model(networks, collection, [small(2)] * 2, tmp_path / "model")
    assert load_checkpoint(tmp_path / "model").vocabulary.glosses == GLOSSES[:4]
    assert "non-commercial" in (tmp_path / "model" / "README.md").read_text()
    assert (tmp_path / "model" / "card.json").exists()
    assert (tmp_path / "model" / "per_sign.csv").exists()


def test_members_of_the_ensemble_draw_from_different_seeds():
    configs = signs.MEMBERS + signs.TAUGHT
    assert len({config.seed for config in configs}) == len(configs) == 4
    for first, taught in zip(signs.MEMBERS, signs.TAUGHT, strict=True):
        assert (first.dropout, first.causal) == (taught.dropout, taught.causal)


def test_calibration_signers_and_test_clips_are_not_trained_on(collection):
    rows = training.training_rows(collection, ())
    chosen = [collection.samples[i] for i in rows]
    assert chosen
    assert all(sample.signer != "wlasl-8" and sample.official_split != "test" for sample in chosen)


def test_augmentation_without_strength_is_what_serving_does(collection):
    signs = torch.from_numpy(collection.signs[:6]).float()
    assert torch.allclose(augmented(signs, 16, QUIET), evenly(signs, 16), atol=1e-5, equal_nan=True)


def test_augmentation_never_loses_every_hand():
    torch.manual_seed(0)
    signs = torch.randn(256, STEPS, 2, 21, 3)
    rough = AugmentConfig(drop_span=1.0, drop_frames=1.0, drop_second=1.0)
    seen = ~augmented(signs, 16, rough)[..., 0, 0].isnan()
    assert seen.flatten(1).any(dim=1).all()


def test_augmentation_keeps_points_near_where_they_were():
    torch.manual_seed(0)
    signs = 0.3 * torch.randn(64, STEPS, 2, 21, 3)
    changed = augmented(signs, 16, AugmentConfig(mirror=0))
    assert (changed.nan_to_num() - evenly(signs, 16)).abs().median() < 0.5
