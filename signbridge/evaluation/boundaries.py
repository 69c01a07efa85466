"""Where signs were found beside where they are: boundaries, overlap, doubles, misses, delay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import NAN, SEED, Interval, bootstrap, ratio

Span = tuple[float, float]

TOLERANCE_S = 0.2
REST_S = 0.8  # a sign with no other one within this stands alone, or last in its sentence
DELAY_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch that was given as one sign, in seconds of the stream, and when it was given."""

    start_s: float
    end_s: float
    given_s: float

    @property
    def span(self) -> Span:
        """Where it begins and ends."""
        return self.start_s, self.end_s


@dataclass(frozen=True, slots=True)
class StreamScore:
    """What became of one stream.

    hits: boundaries found within the tolerance, a begin for a begin and an end for an end;
    overlaps: of each true sign with the stretch that stands for it, intersection over union, 0
    where none does; seconds_both, seconds_either: signed in truth and as found; doubles: stretches
    of a sign that another one stands for; extra: stretches where no sign is; delays_s: from the
    true end of each sign found to the moment it was given; rested: whether no sign follows it.
    """

    hits: int
    true: int
    found: int
    overlaps: tuple[float, ...]
    seconds_both: float
    seconds_either: float
    doubles: int
    extra: int
    delays_s: tuple[float, ...]
    rested: tuple[bool, ...]


def score(truth: Sequence[Span], found: Sequence[Found]) -> StreamScore:
    """Score the stretches found in one stream against its signs, both in the order of time."""
    spans = [one.span for one in found]
    hits = sum(
        _hits([span[side] for span in truth], [span[side] for span in spans]) for side in (0, 1)
    )
    claimed = claims(truth, spans)
    taken = {sign for sign in claimed if sign is not None}
    best = {sign: _stands_for(sign, truth, spans, claimed) for sign in taken}
    both = _length(_common(truth, spans))
    return StreamScore(
        hits=hits,
        true=2 * len(truth),
        found=2 * len(spans),
        overlaps=tuple(
            _overlap(span, spans[best[sign]]) if sign in best else 0.0
            for sign, span in enumerate(truth)
        ),
        seconds_both=both,
        seconds_either=_length(truth) + _length(spans) - both,
        doubles=sum(claim is not None for claim in claimed) - len(taken),
        extra=sum(claim is None for claim in claimed),
        delays_s=tuple(found[best[sign]].given_s - truth[sign][1] for sign in sorted(taken)),
        rested=tuple(_rests_after(sign, truth) for sign in sorted(taken)),
    )


MEASURES: Mapping[str, tuple[str, Callable[[StreamScore], tuple[float, float]]]] = {
    "boundary_f1": (
        f"boundaries found within {TOLERANCE_S} s, F1",
        lambda one: (2 * one.hits, one.true + one.found),
    ),
    "segment_iou": (
        "overlap of each sign with its stretch (IoU)",
        lambda one: (sum(one.overlaps), len(one.overlaps)),
    ),
    "time_iou": (
        "overlap of all time signed (IoU)",
        lambda one: (one.seconds_both, one.seconds_either),
    ),
    "splits": (
        "stretches that are a second part of a sign",
        lambda one: (one.doubles, one.found / 2),
    ),
    "extra": ("stretches where no sign is", lambda one: (one.extra, one.found / 2)),
    "missed": (
        "signs without a stretch of their own",
        lambda one: (sum(each == 0 for each in one.overlaps), len(one.overlaps)),
    ),
}
"""Name -> what it is, and (part, whole) of a stream; a rate is sum over sum."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure over many streams with its 95% interval, streams drawn again."""

    value: float
    interval: Interval


def measured(scores: Sequence[StreamScore]) -> dict[str, Measured]:
    """Return every measure over all streams, and median delays in seconds: of all signs, and of
    those that none follows."""
    found = {}
    for name, (_, parts) in MEASURES.items():
        part, whole = np.array([parts(one) for one in scores], dtype=float).reshape(-1, 2).T
        found[name] = Measured(ratio(part, whole), bootstrap(part, whole))
    found["delay_s"] = _median_delay([one.delays_s for one in scores])
    found["rest_delay_s"] = _median_delay(
        [
            [delay_s for delay_s, rests in zip(one.delays_s, one.rested, strict=True) if rests]
            for one in scores
        ]
    )
    return found


def _median_delay(delays_s: Sequence[Sequence[float]]) -> Measured:
    together = [each for one in delays_s for each in one]
    if not together:
        return Measured(NAN, Interval(NAN, NAN))
    rng = np.random.default_rng(SEED)
    medians = []
    for _ in range(DELAY_RESAMPLES):
        drawn = rng.integers(len(delays_s), size=len(delays_s))
        some = [each for stream in drawn for each in delays_s[stream]]
        medians.append(np.median(some) if some else NAN)
    low, high = np.nanpercentile(medians, (2.5, 97.5))
    return Measured(float(np.median(together)), Interval(float(low), float(high)))


def _hits(truth: Sequence[float], found: Sequence[float]) -> int:
    """Return how many can be paired one to one within the tolerance; both in order of time."""
    hits = at = 0
    for moment in truth:
        while at < len(found) and found[at] < moment - TOLERANCE_S:
            at += 1
        if at < len(found) and found[at] <= moment + TOLERANCE_S:
            hits, at = hits + 1, at + 1
    return hits


def claims(truth: Sequence[Span], spans: Sequence[Span]) -> list[int | None]:
    """Return for each stretch the sign it has most time in common with, None without any."""
    found: list[int | None] = []
    for span in spans:
        common = [_length(_common([sign], [span])) for sign in truth]
        found.append(int(np.argmax(common)) if common and max(common) > 0 else None)
    return found


def _stands_for(
    sign: int, truth: Sequence[Span], spans: Sequence[Span], claimed: Sequence[int | None]
) -> int:
    """Return which of the stretches that claim a sign lies on it best."""
    claiming = [number for number, claim in enumerate(claimed) if claim == sign]
    return max(claiming, key=lambda number: _overlap(truth[sign], spans[number]))


def _rests_after(sign: int, truth: Sequence[Span]) -> bool:
    return sign + 1 == len(truth) or truth[sign + 1][0] - truth[sign][1] >= REST_S


def _overlap(first: Span, second: Span) -> float:
    both = _length(_common([first], [second]))
    return both / (_length([first]) + _length([second]) - both)


def _common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    pairs = [(max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second]
    return [pair for pair in pairs if pair[0] < pair[1]]


def _length(spans: Sequence[Span]) -> float:
    return sum(end_s - start_s for start_s, end_s in spans)
