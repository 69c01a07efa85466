"""Each kind of leak, made by hand, is found and named; disjoint sides are clean."""

from dataclasses import replace

import numpy as np
import pytest

from signbridge.data.copies import TWIN_DISTANCE, hand_prints, nearest, sharing
from signbridge.data.leaks import (
    DISTANCE,
    HASH,
    KINDS,
    PERSON,
    RECORDING,
    SIGNER,
    LeakError,
    Side,
    compare,
    refuse_leaks,
)
from signbridge.data.manifest import STRANGERS, TRAIN, Entry
from signbridge.landmarks.features import STEPS

COUNT = 6


def entries(side: str) -> list[Entry]:
    return [
        Entry(
            dataset="made",
            clip=f"{side}-{i}",
            gloss="YES",
            signer=f"{side}-{i % 2}",
            source="site",
            split=side,
            licence="MIT",
            recording=f"{side}-{i}.mp4",
        )
        for i in range(COUNT)
    ]


def hands(seed: int) -> np.ndarray:
    """COUNT recordings of eight frames with both hands, as a set stores them."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1, (COUNT, 8, 2, 21, 3)).astype(np.float16)


def signs(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.5, (COUNT, STEPS, 2, 21, 3)).astype(np.float16)


def made(name: str, seed: int) -> Side:
    return Side(name, entries(name), [hand_prints(one) for one in hands(seed)], signs(seed))


def train() -> Side:
    return made(TRAIN, 0)


def strangers() -> Side:
    return made(STRANGERS, 1)


def changed(side: Side, place: int, **values: str) -> Side:
    rows = list(side.entries)
    rows[place] = replace(rows[place], **values)
    return replace(side, entries=rows)


def test_disjoint_sides_are_clean():
    found = compare(train(), strangers())
    assert found.leaking == ()
    assert all(found.found[kind] == () for kind in KINDS)
    refuse_leaks([found])


def test_signer_on_both_sides_is_found_once_however_many_clips():
    shared = changed(changed(strangers(), 1, signer="train-1"), 3, signer="train-1")
    found = compare(train(), shared)
    assert found.leaking == (SIGNER,)
    assert [leak.second.clip for leak in found.found[SIGNER]] == ["strangers-1"]


def test_clips_of_nobody_in_particular_share_no_signer():
    first, second = changed(train(), 0, signer=""), changed(strangers(), 0, signer="")
    assert compare(first, second).leaking == ()


def test_recording_on_both_sides_is_found_within_one_set_only():
    shared = changed(strangers(), 4, recording="train-2.mp4")
    found = compare(train(), shared)
    assert found.leaking == (RECORDING,)
    assert found.found[RECORDING][0].first.clip == "train-2"
    elsewhere = changed(shared, 4, dataset="other")
    assert compare(train(), elsewhere).leaking == ()


def test_one_equal_hand_in_a_longer_cut_is_a_copy_and_its_two_signers_are_one_person():
    longer = hands(1)[3].copy()
    longer[5, 0] = hands(0)[2][1, 1]  # other frame, other slot
    second = strangers()
    second = replace(
        second, prints=[hand_prints(longer) if i == 3 else p for i, p in enumerate(second.prints)]
    )
    found = compare(train(), second)
    assert found.leaking == (PERSON, HASH)
    (leak,) = found.found[HASH]
    assert (leak.first.clip, leak.second.clip) == ("train-2", "strangers-3")


def test_near_identical_sign_is_found_by_distance_and_a_farther_one_is_not():
    for far, kinds in ((0.5 * TWIN_DISTANCE, (DISTANCE,)), (1.5 * TWIN_DISTANCE, ())):
        near = signs(1)
        near[0] = (signs(0)[5].astype(np.float32) + far).astype(np.float16)
        found = compare(train(), replace(strangers(), signs=near))
        assert found.leaking == kinds
        if kinds:
            assert found.found[DISTANCE][0].first.clip == "train-5"
            assert found.found[DISTANCE][0].distance == pytest.approx(far, rel=0.05)


def test_error_lists_counts_and_the_first_examples_of_every_kind():
    everything = replace(train(), name=STRANGERS)
    with pytest.raises(LeakError) as error:
        refuse_leaks([compare(train(), everything)])
    text = str(error.value)
    assert "train and strangers: 2 by signer: train-0; train-1" in text
    assert "6 by recording: made train-0 (YES) and made train-0 (YES); " in text
    assert "6 by hash" in text
    assert "6 by distance" in text
    assert "at 0.00" in text
    assert "train-4 (YES)" not in text  # the first three only


def test_leak_that_is_known_is_counted_but_not_refused():
    shared = changed(strangers(), 1, signer="train-1")
    found = compare(train(), shared, accepted=(SIGNER,))
    assert len(found.found[SIGNER]) == 1
    refuse_leaks([found])


@pytest.mark.parametrize("seed", range(5))
def test_any_split_of_some_recordings_leaks_exactly_what_is_copied(seed):
    rng = np.random.default_rng(seed)
    copied = set(rng.choice(COUNT, rng.integers(0, COUNT), replace=False).tolist())
    first, second = train(), strangers()
    prints = [first.prints[i] if i in copied else second.prints[i] for i in range(COUNT)]
    found = compare(first, replace(second, prints=prints))
    assert {leak.second.clip for leak in found.found[HASH]} == {f"strangers-{i}" for i in copied}


def test_prints_do_not_depend_on_order_slots_or_missing_hands():
    one = hands(0)[0]
    swapped = one[::-1, ::-1]
    with_gaps = np.concatenate([one, np.full((3, 2, 21, 3), np.nan, np.float16)])
    assert (hand_prints(one) == hand_prints(swapped)).all()
    assert (hand_prints(one) == hand_prints(with_gaps)).all()
    assert len(hand_prints(one)) == 16
    assert len(hand_prints(with_gaps[8:])) == 0


def test_sharing_and_nearest_agree_with_a_slow_search():
    first, second = list(made("a", 2).prints), list(made("b", 3).prints)
    second[4] = np.union1d(second[4], first[1][:1])
    slow = [
        next((j for j, q in enumerate(second) if set(p.tolist()) & set(q.tolist())), -1)
        for p in first
    ]
    assert sharing(first, second).tolist() == slow == [-1, 4, -1, -1, -1, -1]
    a, b = signs(2), signs(3)
    index, distance = nearest(a, b, block=4)
    apart = np.array(
        [[np.sqrt(((x - y)[::4, :, ::4, :2].astype(np.float64) ** 2).mean()) for y in b] for x in a]
    )
    assert index.tolist() == apart.argmin(axis=1).tolist()
    assert distance == pytest.approx(apart.min(axis=1), rel=1e-2)


def test_nothing_is_near_to_nothing():
    index, distance = nearest(signs(0), signs(0)[:0])
    assert (index == -1).all()
    assert np.isinf(distance).all()
