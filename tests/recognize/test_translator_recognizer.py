"""The sequence recognizer on landmarks: times, letters, mirrors, and folders that disagree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from signbridge.build import RECOGNIZERS, start
from signbridge.errors import CheckpointError
from signbridge.landmarks.body import Hands, in_body_frame
from signbridge.recognize.landmark.model import ModelConfig, SignNet
from signbridge.recognize.translator.encoder import TranslatorConfig
from signbridge.recognize.translator.folder import (
    DEFAULT_FOLDER,
    Translator,
    load_translator,
    save_translator,
)
from signbridge.recognize.translator.model import TranslatorNet
from signbridge.recognize.translator.prepare import at_fps, prepared
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.reader import Sign, written
from signbridge.recognize.translator.recognizer import (
    SequenceRecognizer,
    certainty,
    sure_of,
    with_words,
)
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.settings import Settings
from signbridge.types import Guess, Landmarks, Segment
from tests.signing import flipped, signer

GLOSSES = ("HELLO", "ME", "YOU", "BOOK")
LIMIT_MB = 8.0


def translator() -> Translator:
    torch.manual_seed(0)
    config = TranslatorConfig(
        len(GLOSSES), 4 + 2, hand_width=8, width=16, heads=2, decoder_width=16, longest_text=5
    )
    vocabulary = Vocabulary.of(GLOSSES)
    spans = SignNet(ModelConfig(len(GLOSSES), hand_width=8, width=16, heads=2, stages=1))
    prior = Prior.counted([[0, 1], [2, 3]], len(GLOSSES))
    return Translator(TranslatorNet(config).eval(), vocabulary, ("hello", "."), prior, spans=spans)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("translator")
    save_translator(path, translator())
    return path


def whole(landmarks: Landmarks) -> Segment:
    return Segment(landmarks, landmarks.start_s, landmarks.start_s + landmarks.duration_s)


def test_a_folder_gives_back_what_was_saved(folder: Path) -> None:
    saved, loaded = translator(), load_translator(folder)
    assert (loaded.words, loaded.vocabulary, loaded.weights) == (
        saved.words, saved.vocabulary, saved.weights
    )  # fmt: skip
    hands = torch.randn(1, 20, 2, 21, 3, generator=torch.Generator().manual_seed(1))
    ways = [one.network(hands, torch.tensor([20])).glosses for one in (saved, loaded)]
    torch.testing.assert_close(*ways, atol=2e-2, rtol=2e-2)  # half precision
    assert loaded.spans is not None


def test_a_folder_of_two_models_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "words.txt").write_text("hello\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match="mixes two models"):
        load_translator(tmp_path)
    (tmp_path / "config.json").unlink()
    with pytest.raises(CheckpointError, match="holds no translator"):
        load_translator(tmp_path)


def test_signs_come_in_order_within_the_stretch_and_offer_next_guesses(folder: Path) -> None:
    landmarks = replace(signer(repeats=2, rest_s=0.6), start_s=7.0)
    results = SequenceRecognizer(folder).read(landmarks)
    assert results
    starts = [result.start_s for result in results]
    assert starts == sorted(starts)
    for result in results:
        assert 7.0 <= result.start_s < result.end_s <= 7.0 + landmarks.duration_s + 0.2
        scores = [guess.score for guess in result.guesses]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == len(GLOSSES)
        assert (result.recognizer, result.kind) == ("sequence", "gloss")


def test_it_names_every_file_of_weights_that_it_loaded(folder: Path) -> None:
    found = SequenceRecognizer(folder).weights_sha256
    own = {f"{folder.name}/{name}.safetensors" for name in ("model", "prior", "spans")}
    others = {"signs/model.safetensors", "signs/model.onnx", "segmenter/model.safetensors"}
    assert set(found) == own | others
    assert found[f"{folder.name}/model.safetensors"] == SequenceRecognizer(folder).about["revision"]


def test_a_sentence_is_what_the_glosses_say(folder: Path) -> None:
    recognizer = SequenceRecognizer(folder, write=lambda glosses: " ".join(glosses).lower())
    result = recognizer.recognize(whole(signer()))
    assert result.kind == "sentence"
    assert result.guesses[0].text == result.raw.lower()
    assert (recognizer.reads, recognizer.sees) == ("sentences", "landmarks")


def test_no_hand_is_no_sentence(folder: Path) -> None:
    unseen = Landmarks(np.full((30, 543, 3), np.nan, np.float32), 25.0)
    recognizer = SequenceRecognizer(folder)
    assert recognizer.read(unseen) == ()
    assert recognizer.recognize(whole(unseen)).abstained


def test_a_mirrored_picture_gives_the_same_signs(folder: Path) -> None:
    recognizer = SequenceRecognizer(folder)
    seen = signer(repeats=2)
    first, second = recognizer.read(seen), recognizer.read(flipped(seen))
    assert [one.guesses[0].text for one in first] == [one.guesses[0].text for one in second]


@pytest.mark.parametrize("fps", [10.0, 29.97, 60.0])
def test_any_camera_comes_to_the_networks_rate(fps: float) -> None:
    ready = prepared(in_body_frame(signer(fps=fps, sign_s=2.0)), 16.0)
    assert ready is not None
    assert len(ready.hands) == pytest.approx(2.0 * 16, abs=4)
    assert 0.4 <= ready.start_s <= 0.7


def test_a_rate_is_changed_along_lines_and_gaps_stay_gaps() -> None:
    points = np.array([0.0, 1.0, 2.0, np.nan, np.nan, np.nan, 6.0], dtype=np.float32)
    halves = at_fps(points[:, None], 10.0, 20.0)[:, 0]
    np.testing.assert_allclose(halves[:5], [0.0, 0.5, 1.0, 1.5, 2.0])
    assert np.isnan(halves[7])
    assert halves[-1] == 6.0


def test_hands_never_raised_are_read_all_the_same() -> None:
    low = np.full((20, 2, 21, 3), np.nan, dtype=np.float32)
    low[:, 0] = 1.5
    ready = prepared(Hands(low, 20.0), 16.0)
    assert ready is not None
    assert not np.isnan(ready.hands[:, 0]).any()


def sign(text: str, at_s: float, score: float = 0.9) -> Sign:
    return Sign(at_s, at_s + 0.3, (Guess(text, score),))


def test_letters_in_a_row_are_one_word() -> None:
    signs = [sign("MY", 0), sign("FS-A", 1), sign("FS-L", 2, 0.5), sign("FS-I", 3), sign("ME", 4)]
    joined = with_words(signs)
    assert [one.guesses[0].text for one in joined] == ["MY", "FS-ALI", "ME"]
    assert (joined[1].start_s, joined[1].end_s, joined[1].guesses[0].score) == (1, 3.3, 0.5)
    assert certainty(joined) == pytest.approx((0.9 + 0.5 + 0.9) / 3)


def test_the_signs_of_a_sentence_are_sure_together_but_for_a_doubtful_one() -> None:
    signs = [sign("NICE", 0, 0.9), sign("MEET", 1, 0.5), sign("FIRST", 2, 0.3)]
    assert sure_of(signs, 0.55) == (True, True, False)
    assert sure_of(signs, 0.6) == (False, False, False)
    assert sure_of(signs[:1], 0.9) == (True,)
    assert sure_of((), 0.5) == ()


def test_words_are_written_as_sentences() -> None:
    assert written(["no", ",", "i", "sign", "asl", ".", "why", "?"]) == "No, I sign ASL. Why?"


@pytest.mark.skipif(not (DEFAULT_FOLDER / "config.json").is_file(), reason="no weights here")
def test_the_shipped_folder_starts_by_name_and_stays_small() -> None:
    recognizer = start("Recognizer", "sequence", RECOGNIZERS, Settings())
    result = recognizer.recognize(whole(signer(repeats=2)))
    assert result.recognizer == "sequence"
    weights = sum(file.stat().st_size for file in DEFAULT_FOLDER.glob("*.safetensors"))
    assert weights < LIMIT_MB * 1e6
