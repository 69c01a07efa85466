"""The recognizer in process, from files on disk to a sentence, with a tiny model of noise."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.landmarks.topology import N_POINTS
from signbridge.recognize.video.local import VideoRecognizer, generate, model_inputs
from signbridge.recognize.video.merge import merge_adapter, merged_model
from signbridge.recognize.video.parity import at_endpoint, in_process
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import PROMPTS, as_text
from signbridge.recognize.video.weights import Weights, load_model, load_processor
from signbridge.settings import Settings
from signbridge.torch_extensions import make_torchvision_loadable
from signbridge.types import Clip, Landmarks, Segment
from tests.tiny_video_model import save_adapter, save_base

pytestmark = pytest.mark.slow  # loading the libraries alone takes 5 s and more

TRAINING = PROMPTS["training"]
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    folder = tmp_path_factory.mktemp("tiny")
    base = save_base(folder / "base")
    return Weights(str(base), adapter=str(save_adapter(base, folder / "adapter")))


@pytest.fixture(scope="module")
def recognizer(weights: Weights) -> VideoRecognizer:
    return VideoRecognizer(weights, TRAINING)


@pytest.fixture(scope="module")
def prepared() -> PreparedClip:
    pixels = np.random.default_rng(0).integers(0, 256, (28, 64, 96, 3)).astype(np.uint8)
    return PreparedClip(pixels, 20.0, tuple(range(28)), 28)


def segment(n_frames: int) -> Segment:
    pixels = np.random.default_rng(0).integers(0, 256, (n_frames, 48, 64, 3)).astype(np.uint8)
    points = np.full((n_frames, N_POINTS, 3), np.nan, np.float32)
    return Segment(Landmarks(points, 20.0), 0.0, n_frames / 20, Clip(pixels, 20.0))


def logits(model, inputs) -> torch.Tensor:
    with torch.inference_mode():
        return model(**inputs).logits


def test_torchvision_can_be_imported_beside_this_torch() -> None:
    make_torchvision_loadable()
    make_torchvision_loadable()  # once is enough, twice does no harm
    import torchvision

    assert torchvision.__version__


def test_sentence_is_read_with_the_published_search(
    recognizer: VideoRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}
    real = recognizer._model.generate

    def spy(**kwargs):
        asked.update(kwargs)
        return real(**kwargs)

    monkeypatch.setattr(recognizer._model, "generate", spy)
    result = recognizer.recognize(segment(30))
    assert (result.recognizer, result.kind, result.abstained) == ("video", "sentence", False)
    assert asked["num_beams"] == 5
    assert asked["length_penalty"] == 0.6
    assert asked["no_repeat_ngram_size"] == 4
    assert asked["repetition_penalty"] == 1.1
    assert asked["max_new_tokens"] == 32
    assert asked["do_sample"] is False
    scores = [guess.score for guess in result.guesses]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_score_is_the_beams_own(recognizer: VideoRecognizer, prepared: PreparedClip) -> None:
    inputs = model_inputs(recognizer._processor, TRAINING, prepared)
    with torch.inference_mode():
        found = generate(recognizer._model, inputs)
    best = recognizer._translate_here(prepared).guesses[0]
    assert best.score == pytest.approx(math.exp(found.sequences_scores[0].item()))


def test_each_pair_of_frames_is_told_its_time(weights: Weights, prepared: PreparedClip) -> None:
    processor = load_processor(weights)
    inputs = model_inputs(processor, TRAINING, prepared)
    text = processor.batch_decode(inputs["input_ids"])[0]
    # At 20 a second the pairs lie at 0.025, 0.125, ... and 1.325 s.
    places = text.split("<|vision_start|>")
    assert places[0].endswith("<|im_start|>user\n<0.0 seconds>")
    assert [place.split("<|vision_end|>")[1][:13] for place in places[1:3]] == [
        "<0.1 seconds>",
        "<0.2 seconds>",
    ]
    assert "<1.3 seconds>" in text
    assert inputs["video_grid_thw"].tolist() == [[14, 4, 6]]
    # 14 pairs of 2 x 3 merged patches.
    assert int((inputs["input_ids"] == processor.video_token_id).sum()) == 14 * 6


def test_pictures_reach_the_model_unchanged(weights: Weights, prepared: PreparedClip) -> None:
    inputs = model_inputs(load_processor(weights), TRAINING, prepared)
    # The first patch: 3 colours, a pair of frames, 16 x 16 pixels, from 0..255 to -1..1.
    patch = inputs["pixel_values_videos"][0].reshape(3, 2, 16, 16).numpy()
    expected = prepared.pixels[:2, :16, :16].transpose(3, 0, 1, 2) / 127.5 - 1
    assert np.allclose(patch, expected, atol=1e-5)


def test_training_prompt_is_the_default_and_the_card_has_another(weights: Weights) -> None:
    processor = load_processor(weights)
    assert as_text(processor, PROMPTS[Settings().video_prompt]) == (
        "<|im_start|>system\nYou are a sign language translator.<|im_end|>\n"
        "<|im_start|>user\n<|video_pad|>Translate this American Sign Language video into English."
        "<|im_end|>\n<|im_start|>assistant\n"
    )
    assert as_text(processor, PROMPTS["card"]) == (
        "<|im_start|>user\n<|video_pad|>Translate the signed sentence to English.<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    learned = as_text(processor, TRAINING, answer="Hello.")
    assert learned.endswith("<|im_start|>assistant\nHello.<|im_end|>\n")


def test_adapter_changes_what_the_base_says(weights: Weights, prepared: PreparedClip) -> None:
    inputs = model_inputs(load_processor(weights), TRAINING, prepared)
    with_adapter = logits(load_model(weights, CPU), inputs)
    without = logits(load_model(replace(weights, adapter="none"), CPU), inputs)
    assert (with_adapter - without).abs().max() > 0.1


def test_merged_weights_say_what_base_and_adapter_say(
    weights: Weights, prepared: PreparedClip
) -> None:
    inputs = model_inputs(load_processor(weights), TRAINING, prepared).to(torch.float64)
    expected = logits(load_model(weights, CPU).double(), inputs)
    merged = merged_model(load_model(weights, CPU).double())
    assert torch.allclose(logits(merged, inputs), expected, atol=1e-9)


def test_merged_folder_is_loaded_as_a_base_with_the_same_weights(
    weights: Weights, tmp_path: Path
) -> None:
    merge_adapter(weights, tmp_path / "merged")
    found = load_model(Weights(str(tmp_path / "merged")), CPU).state_dict()
    expected = merged_model(load_model(weights, CPU)).state_dict()
    assert found.keys() == expected.keys()
    for name, weight in expected.items():
        assert torch.equal(found[name], weight.bfloat16().float()), name
    config = json.loads((tmp_path / "merged" / "config.json").read_text())
    assert config["tie_word_embeddings"] is False  # else a server would drop the adapted head


def test_merged_folder_has_the_processor_a_server_needs(weights: Weights, tmp_path: Path) -> None:
    merge_adapter(weights, tmp_path / "merged")
    ours, theirs = load_processor(weights), load_processor(Weights(str(tmp_path / "merged")))
    assert as_text(ours, TRAINING) == as_text(theirs, TRAINING)
    assert theirs.video_processor.to_dict() == ours.video_processor.to_dict()


def test_merging_leaves_the_word_embeddings_alone(weights: Weights) -> None:
    base = load_model(replace(weights, adapter="none"), CPU)
    merged = merged_model(load_model(weights, CPU))
    words = merged.get_input_embeddings().weight
    assert torch.equal(words, base.get_input_embeddings().weight)
    assert not torch.equal(merged.get_output_embeddings().weight, words)


def test_folder_in_use_is_not_merged_into(weights: Weights, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    with pytest.raises(BadInputError, match="is in use"):
        merge_adapter(weights, tmp_path)


def test_merging_without_an_adapter_is_refused(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no adapter to merge"):
        merge_adapter(replace(weights, adapter="none"), tmp_path / "out")


def test_server_sees_what_the_model_in_process_sees(
    weights: Weights, prepared: PreparedClip
) -> None:
    processor = load_processor(weights)
    here, there = (side(prepared, TRAINING, processor) for side in (in_process, at_endpoint))
    assert here == there
    assert (here.frames, here.grid) == (28, (14, 4, 6))
    assert here.tokens == model_inputs(processor, TRAINING, prepared)["input_ids"].shape[1]


def test_nothing_is_downloaded_unless_it_is_switched_on(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def hub(name, **options):
        asked.append((name, options["revision"], options["local_files_only"]))
        return weights.base if name == "some/base" else str(Path(weights.adapter).parent)

    monkeypatch.setattr("huggingface_hub.snapshot_download", hub)
    hosted = Weights("some/base", "v1", "some/bridge/adapter", "v2")
    load_model(hosted, CPU)
    load_model(replace(hosted, download=True), CPU)
    assert asked == [
        ("some/base", "v1", True),
        ("some/bridge", "v2", True),
        ("some/base", "v1", False),
        ("some/bridge", "v2", False),
    ]


def test_folder_without_an_adapter_is_refused(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match=r"no adapter_config\.json.*VIDEO_ADAPTER"):
        load_model(replace(weights, adapter=str(tmp_path)), CPU)


def test_weights_cut_short_are_refused(weights: Weights, tmp_path: Path) -> None:
    for part, variable in (("base", "VIDEO_BASE"), ("adapter", "VIDEO_ADAPTER")):
        whole = Path(getattr(weights, part))
        cut = Path(shutil.copytree(whole, tmp_path / part))
        file = next(cut.glob("*.safetensors"))
        file.write_bytes(file.read_bytes()[:1000])
        with pytest.raises(BackendUnavailableError, match=f"can't be loaded.*{variable}"):
            load_model(replace(weights, **{part: str(cut)}), torch.device("cpu"))


def test_merged_folder_that_cannot_be_made_is_refused(weights: Weights, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(BadInputError, match="can't be made a folder"):
        merge_adapter(weights, file / "merged")


def test_folder_without_weights_is_refused(weights: Weights, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((Path(weights.base) / "config.json").read_bytes())
    with pytest.raises(BackendUnavailableError, match=r"can't be loaded: .*VIDEO_BASE"):
        load_model(replace(weights, base=str(tmp_path)), CPU)


def test_adapter_of_another_model_is_refused(weights: Weights, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    stored = load_file(str(Path(weights.adapter) / "adapter_model.safetensors"))
    renamed = {key.replace("layers.1.", "layers.7."): value for key, value in stored.items()}
    save_file(renamed, str(tmp_path / "adapter_model.safetensors"))
    config = (Path(weights.adapter) / "adapter_config.json").read_bytes()
    (tmp_path / "adapter_config.json").write_bytes(config)
    with pytest.raises(BackendUnavailableError, match="does not fit its base"):
        load_model(replace(weights, adapter=str(tmp_path)), CPU)


def test_gpu_without_memory_is_told_plainly(
    recognizer: VideoRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(recognizer._model, "generate", full)
    with pytest.raises(BackendUnavailableError, match="too little memory"):
        recognizer.recognize(segment(30))
