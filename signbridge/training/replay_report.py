"""Plays composed streams and real clips live and writes how well their signs are found.

Run: python -m signbridge.training.replay_report --data ../shared/data --out docs/reports/replay
Streams are of signers no network was trained on. The rules alone and with the network that cuts
fluent signing are scored side by side, on the same streams.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from signbridge.build import build
from signbridge.data.collection import collect
from signbridge.evaluation.boundaries import Found, Measured, StreamScore, measured, score
from signbridge.evaluation.metrics import bootstrap, ratio
from signbridge.evaluation.playback import Conditions, OpenSegmenter, Playback, Word, play, watched
from signbridge.evaluation.replay_report import REAL, Lone, Side, write_replay_report
from signbridge.evaluation.replayed import LEARNED, RULES, SIDES, Sign, share_right, shown_again
from signbridge.pipeline import Engine
from signbridge.recognize.vocabulary import same_sign
from signbridge.settings import Settings
from signbridge.training.boundary_streams import SLOW
from signbridge.training.cases import filmed, standing
from signbridge.training.streams import recordings
from signbridge.training.streams.camera import any_camera
from signbridge.training.streams.join import Stream, join
from signbridge.training.streams.recordings import Recordings

STREAMS, GLIMPSED, LONE = 120, 30, 80
SEED = 0
FEWEST = 12  # glosses of a signer whose sentences are not always the same


def main() -> None:
    """Write the report from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--clips", type=Path, help="LABELS.csv of real clips; only its signs")
    parser.add_argument("--cache", type=Path, help="keeps the landmarks of the real clips")
    parser.add_argument("--out", type=Path, default=Path("docs/reports/replay"))
    options = parser.parse_args()
    engine = build(replace(Settings(), recognizers=("landmark",), speaker="none"))
    run(engine, recordings.held_out(collect(options.data)), options)


def run(engine: Engine, strangers: Recordings, options: argparse.Namespace) -> None:
    """Play, score and write."""
    rng = np.random.default_rng(SEED)
    sentences = [sentence(strangers, number, rng) for number in range(STREAMS)]
    alone = [one_sign(strangers, number, rng) for number in range(LONE)]
    clips = filmed(engine, options.clips, options.cache) if options.clips else ()
    sides = []
    for name in (RULES, LEARNED):
        opened = SIDES[name]
        scores, others = played(engine, sentences, opened)
        lone = {"composed, held-out signers": composed_alone(engine, alone, opened)}
        if clips:
            found = [
                play(engine, watched(clip.see(), Conditions()), open_segmenter=opened)
                for clip in clips
            ]
            lone[REAL] = lone_figures(found, [clip.clip.label for clip in clips])
        sides.append(Side(name, measured(scores) | others, lone))
    write_replay_report(options.out, tuple(sides), len(sentences), sum(map(signs_of, sentences)))


def signs_of(stream: Stream) -> int:
    """Return how many signs a stream has."""
    return len(stream.glosses)


def sentence(strangers: Recordings, number: int, rng: np.random.Generator) -> Stream:
    """Return two to seven signs by one of the signers, seen by a camera of 10 to 30 frames."""
    signers = [each for each in strangers.signers if len(strangers.glosses(each)) >= FEWEST]
    signs = strangers.some(signers[number % len(signers)], int(rng.integers(2, 8)), rng)
    breaks = [place for place in range(len(signs)) if rng.random() < 0.1]
    fps = float(rng.uniform(10, 30))
    return join(signs, rng, fps, camera=any_camera(rng), breaks=breaks)


def one_sign(strangers: Recordings, number: int, rng: np.random.Generator) -> Stream:
    """Return one sign between two rests."""
    signers = [each for each in strangers.signers if len(strangers.glosses(each)) >= FEWEST]
    signs = strangers.some(signers[number % len(signers)], 1, rng)
    return join(signs, rng, float(rng.uniform(10, 30)), style=SLOW, camera=any_camera(rng))


def played(
    engine: Engine, streams: Sequence[Stream], opened: OpenSegmenter
) -> tuple[list[StreamScore], dict[str, Measured]]:
    """Return the scores of the streams, how many signs are named rightly, and how words change."""
    scores, hits, again, changes, words = [], [], [], [], []
    for number, stream in enumerate(streams):
        # Guessing while a sign goes on takes most of the time: not for all of them.
        found = _live(engine, stream, opened, glimpses=number < GLIMPSED)
        scores.append(score(stream.spans_s, [_found(word) for word in found.words]))
        hits.append(share_right(_truth(stream), found) * signs_of(stream))
        again.append(shown_again(_truth(stream), found))
        if number < GLIMPSED:
            changes.append(sum(word.changes for word in found.words))
            words.append(len(found.words))
    return scores, {
        "right": _rate(hits, [signs_of(stream) for stream in streams]),
        "duplicates": _rate(*np.array(again).T),
        "flicker": _rate(changes, words),
    }


def composed_alone(engine: Engine, streams: Sequence[Stream], opened: OpenSegmenter) -> Lone:
    """Return what becomes of signs between two rests."""
    found = [_live(engine, stream, opened) for stream in streams]
    return lone_figures(found, [stream.glosses[0] for stream in streams])


def lone_figures(found: Sequence[Playback], labels: Sequence[str]) -> Lone:
    """Return how clips of one sign were parted and answered."""
    counts = np.array([len(one.words) for one in found])
    best = [max(one.words, key=lambda word: word.score, default=None) for one in found]
    right = [
        word is not None and same_sign(word.gloss, label)
        for word, label in zip(best, labels, strict=True)
    ]
    once = [
        len(one.glosses) == 1 and same_sign(one.glosses[0], label)
        for one, label in zip(found, labels, strict=True)
    ]
    return Lone(
        n=len(found),
        none=_share(counts == 0),
        several=_share(counts > 1),
        right=_share(np.array(right)),
        once=_share(np.array(once)),
    )


def _share(hits: NDArray[np.bool_]) -> Measured:
    return _rate(hits.astype(float), np.ones(len(hits)))


def _rate(part: ArrayLike, whole: ArrayLike) -> Measured:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return Measured(ratio(part, whole), bootstrap(part, whole))


def _live(
    engine: Engine, stream: Stream, opened: OpenSegmenter, *, glimpses: bool = False
) -> Playback:
    seen = watched(standing(stream.hands), Conditions())
    return play(engine, seen, open_segmenter=opened, glimpses=glimpses)


def _found(word: Word) -> Found:
    return Found(word.start_s, word.end_s, word.given_s)


def _truth(stream: Stream) -> tuple[Sign, ...]:
    pairs = zip(stream.spans_s, stream.glosses, strict=True)
    return tuple(Sign(*span, gloss) for span, gloss in pairs)


if __name__ == "__main__":
    main()
