"""Sentences from pieces, what is told of each moment, scores, and a tiny set learned by heart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch

from signbridge.data.corpus import CorpusSentence
from signbridge.landmarks.body import RIGHT, Hands
from signbridge.landmarks.files import write_npz
from signbridge.recognize.translator.ctc import best_path
from signbridge.recognize.translator.encoder import BLANK, TranslatorConfig
from signbridge.recognize.translator.folder import Translator, load_translator
from signbridge.recognize.translator.model import IGNORED, TranslatorNet
from signbridge.recognize.translator.reader import Reader
from signbridge.recognize.translator.recognizer import SequenceRecognizer
from signbridge.recognize.translator.words import PAD, SPECIAL, best_sentences
from signbridge.training.augment import AugmentConfig
from signbridge.training.streams.grammar import read_grammar
from signbridge.training.streams.piece import Piece
from signbridge.training.translator import corpora
from signbridge.training.translator.batch import batch_of, labelled, tokens
from signbridge.training.translator.composed import GRAMMAR, RANDOM, Example, Troupe
from signbridge.training.translator.config import COMPOSED, PHOENIX14T
from signbridge.training.translator.corpora import believed_from, train_on_corpus
from signbridge.training.translator.fit import Names, fit, schedule
from signbridge.training.translator.real import by_text, judged, key_words
from signbridge.training.translator.score import errors, pairs, wer
from signbridge.training.translator.search import fit_sureness, kept
from signbridge.training.translator.spans import spans_of
from signbridge.training.translator.streams import halves
from signbridge.types import Segment
from tests.signing import hand_shape, signer

GLOSSES = ("ME", "YOU", "WANT", "TEA")
STILL = AugmentConfig(**{name: 0.0 for name in AugmentConfig.__slots__})


def piece(gloss: str, signer: str = "someone") -> Piece:
    """A hand at a place and with fingers spread as no other gloss has them."""
    number = GLOSSES.index(gloss)
    turn = np.linspace(0, 2 * np.pi, 25)
    points = np.full((25, 2, 21, 3), np.nan, dtype=np.float32)
    points[:, RIGHT] = 0.3 * hand_shape(0.3 + 0.6 * number)
    points[:, RIGHT, :, 0] += (-0.6 + 0.4 * number + 0.1 * np.cos(turn))[:, None]
    points[:, RIGHT, :, 1] += (0.5 - 0.2 * number + 0.1 * np.sin(turn))[:, None]
    return Piece(points, 30.0, 2, 22, 22, gloss, signer)


def troupe(*signers: tuple[str, ...]) -> Troupe:
    return Troupe(
        {
            f"signer {number}": {gloss: (piece(gloss, f"signer {number}"),) for gloss in own}
            for number, own in enumerate(signers)
        }
    )


PATTERNS, _ = read_grammar("train:\nME WANT TEA\nYOU WANT TEA\nheld out:\nME WANT")


def test_glosses_in_any_order_are_one_signers() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        made = troupe(("ME", "YOU"), ("WANT", "TEA")).random(rng)
        assert made is not None
        assert set(made.glosses) <= set(("ME", "YOU") if made.signer == "signer 0" else GLOSSES[2:])
        assert len(set(made.glosses)) == len(made.glosses)
        assert made.kind == RANDOM


def test_a_sentence_borrows_the_signs_its_signer_lacks() -> None:
    rng = np.random.default_rng(0)
    made = troupe(("ME", "WANT"), ("TEA",)).sentence(PATTERNS.within(GLOSSES).draw(rng), rng)
    while made is None:
        made = troupe(("ME", "WANT"), ("TEA",)).sentence(PATTERNS.draw(rng), rng)
    assert (made.glosses, made.kind) == (("ME", "WANT", "TEA"), GRAMMAR)
    assert made.text == "I want tea."


def test_moments_within_a_sign_are_told_and_its_edges_are_not() -> None:
    made = Example(
        None, ("TEA", "ME"), ((0.5, 1.0), (1.3, 1.5)), "", "", Hands(np.zeros((1, 2, 21, 3)), 1), ""
    )  # type: ignore[arg-type]
    times = np.array([0.2, 0.47, 0.51, 0.75, 0.99, 1.15, 1.4, 1.8])
    told = labelled(made, times, {"ME": 0, "TEA": 1})
    assert told.tolist() == [BLANK, IGNORED, IGNORED, 2, IGNORED, BLANK, 1, BLANK]


def test_a_batch_pads_with_hands_that_are_not_seen() -> None:
    rng = np.random.default_rng(1)
    made = [next(troupe(GLOSSES).examples(PATTERNS, 0.5, rng)) for _ in range(4)]
    index = {gloss: i for i, gloss in enumerate(GLOSSES)}
    batch = batch_of(made, index, {"tea": 4}, 2, 8)
    for row, length in enumerate(batch.lengths.tolist()):
        assert batch.hands[row, length:].isnan().all()
        assert (batch.moments[row, (length + 1) // 2 :] == IGNORED).all()
    assert batch.glosses == [[1 + index[gloss] for gloss in one.glosses] for one in made]
    silent = [row for row, one in enumerate(made) if not one.text]
    assert ((batch.words != PAD).sum(dim=1)[silent] == 2).all()


def test_words_are_told_apart_from_marks() -> None:
    assert tokens("No, I'm hard-of-hearing.") == ["no", ",", "i'm", "hard-of-hearing", "."]


def test_the_rate_rises_and_then_sinks_to_nothing() -> None:
    config = replace(COMPOSED, steps=100, warm_up=10)
    shares = [schedule(step, config) for step in range(101)]
    assert max(shares) == shares[9]
    assert shares[0] == pytest.approx(0.1)
    assert shares[100] == pytest.approx(0.0)


def learned(tmp_path: Path, steps: int) -> tuple[TranslatorNet, Troupe, dict[str, int]]:
    words = {word: len(SPECIAL) + i for i, word in enumerate(("i", "you", "want", "tea", "."))}
    index = {gloss: i for i, gloss in enumerate(GLOSSES)}
    config = replace(
        COMPOSED, steps=steps, batch=16, rate=3e-3, new_rate=3e-3, warm_up=20, dropout=0.0,
        smoothing=0.0, from_signs=False, fresh=4, pool=64,
    )  # fmt: skip
    torch.manual_seed(0)
    shape = TranslatorConfig(
        4, 9, hand_width=16, width=32, kernel=5, layers=1, convolutions=1, heads=2, reach=6,
        decoder_width=32, longest_text=8, dropout=0.0, drop_path=0.0,
    )  # fmt: skip
    signers = troupe(GLOSSES)
    source = signers.examples(PATTERNS, 0.6, np.random.default_rng(0))
    state = tmp_path / "state.pt"
    network = fit(TranslatorNet(shape), source, Names(index, words), config, state, STILL)
    return network, signers, words


@pytest.mark.slow
def test_a_tiny_set_is_learned_by_heart(tmp_path: Path) -> None:
    network, signers, words = learned(tmp_path, 300)
    rng = np.random.default_rng(99)
    source = signers.examples(PATTERNS, 0.6, rng)
    index = {gloss: i for i, gloss in enumerate(GLOSSES)}
    signed, read, said, written = [], [], [], []
    for _ in range(24):
        made = next(source)
        batch = batch_of([made], index, words, 2, 8)
        with torch.inference_mode():
            heard = network(batch.hands, batch.lengths)
        signed.append(made.glosses)
        read.append([GLOSSES[i] for i in best_path(heard.glosses[0].numpy())])
        if made.text:
            best = best_sentences(network.decoder, heard.moments[0])[0][0]
            said.append([next(w for w, i in words.items() if i == word) for word in best])
            written.append(tokens(made.text))
    assert wer(signed, read).rate == 0.0
    assert said == written


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    network, _, _ = learned(tmp_path, 2)
    again, _, _ = learned(tmp_path, 2)  # nothing is left to do
    for first, second in zip(network.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(first, second)
    assert torch.load(tmp_path / "state.pt", weights_only=False)["step"] == 2


def test_a_corpus_of_sentences_is_trained_on_with_one_call(tmp_path: Path) -> None:
    for split in ("train", "dev"):
        lines = ["name|video|start|end|speaker|orth|translation"]
        for number in range(3):
            lines.append(f"clip{number}|-|-1|-1|Signer01|REGEN MORGEN|morgen regnet es .")
            path = tmp_path / "landmarks" / split / f"clip{number}.npz"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_npz(path, signer(repeats=2, size=0.2 + 0.02 * number))
        table = tmp_path / f"PHOENIX-2014-T.{split}.corpus.csv"
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = replace(PHOENIX14T, steps=2, batch=2, fresh=2, pool=4)
    train_on_corpus("phoenix14t", tmp_path, config, tmp_path / "state.pt", tmp_path / "out")
    loaded = load_translator(tmp_path / "out")
    assert loaded.vocabulary.glosses == ("MORGEN", "REGEN")
    assert set(loaded.words) == {"morgen", "regnet", "es", "."}
    # Two steps teach nothing, and what is not right half of the time is not told.
    assert loaded.own_words > 1
    recognizer = SequenceRecognizer(tmp_path / "out")
    landmarks = signer(repeats=2)
    assert recognizer.recognize(Segment(landmarks, 0.0, landmarks.duration_s)).abstained


def test_a_corpus_is_believed_from_where_half_of_the_words_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"a": ("Es regnet.", 0.9), "b": ("Es schneit.", 0.6), "c": ("Wind.", 0.3)}
    monkeypatch.setattr(Reader, "hear", lambda self, hands: hands)
    monkeypatch.setattr(Reader, "english", lambda self, heard: [told[heard]])
    monkeypatch.setattr(corpora, "read_landmarks", lambda path: path.name)
    monkeypatch.setattr(corpora, "in_body_frame", lambda landmarks: landmarks)
    sentences = [
        CorpusSentence(name, tmp_path / name, "someone", "Es regnet.", ()) for name in told
    ]
    translator = cast(Translator, None)
    # Words and marks: 0 of 3 wrong, then 1 of 6, then 1 + 2 of 9.
    assert believed_from(translator, sentences) == 0.3
    told["c"] = ("Wind weht aus dem Norden.", 0.3)
    assert believed_from(translator, sentences) == 0.6
    told["a"] = ("Sonne scheint immer.", 0.9)
    told["b"] = ("Schnee.", 0.6)
    assert believed_from(translator, sentences) > 1


def test_spans_are_cut_where_their_signs_are() -> None:
    rng = np.random.default_rng(0)
    made = next(troupe(GLOSSES).examples(PATTERNS, 1.0, rng))
    found = list(spans_of(made, rng))
    assert [gloss for gloss, _ in found] == list(made.glosses)
    assert all(hands.shape == (64, 2, 21, 3) for _, hands in found)


def test_errors_are_counted_by_kind() -> None:
    assert errors("ABCD", "AXD") == (1, 1, 0)
    assert errors("AB", "AABC") == (0, 0, 2)
    assert pairs("AB", "B") == [("A", None), ("B", 0)]
    rate = wer(["ABCD", "AB"], ["AXD", "AB"])
    assert rate.rate == pytest.approx(2 / 6)
    assert (rate.n, rate.glosses) == (2, 6)


def test_signers_are_dealt_out_so_that_both_halves_have_both_sites() -> None:
    first, second = halves(["wlasl-1", "wlasl-2", "words-a", "words-b"])
    assert (first, second) == (("wlasl-1", "words-a"), ("wlasl-2", "words-b"))


def test_a_threshold_keeps_what_is_right_often_enough() -> None:
    rng = np.random.default_rng(0)
    shares = rng.uniform(0.01, 0.99, 2000)
    right = rng.random(2000) < shares
    calibration = fit_sureness(shares, right)
    assert calibration.slope == pytest.approx(1.0, abs=0.15)
    answered, rightly = kept(shares, right, calibration)
    assert rightly == pytest.approx(0.85, abs=0.01)
    assert 0.2 < answered < 0.5


def test_key_words_leave_function_words_out() -> None:
    assert key_words("No, I'm not deaf, I'm hearing.") == ("no", "not", "deaf", "hearing")
    assert key_words("I don't understand.") == ("not", "understand")


def test_a_reading_is_right_with_all_key_words_and_exact_with_no_other() -> None:
    keys = ("what", "name")
    assert judged(keys, ("YOUR", "NAME", "WHAT")).exact
    assert judged(keys, ("NAME", "WHAT", "BOOK")).right
    assert not judged(keys, ("NAME", "WHAT", "BOOK")).exact
    assert not judged(keys, ("NAME",)).right
    assert by_text(keys, "What is your name?").exact
    assert not by_text(keys, "").right
