"""What stands before and after the model: words to it, pictures to a server, weights to load."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import jinja2
import numpy as np
import pytest

from signbridge.build import RECOGNIZERS, start
from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.recognize.video import local, wire
from signbridge.recognize.video.parity import at_endpoint, in_process
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import PROMPTS, as_text
from signbridge.recognize.video.weights import Weights, adapter_folder
from signbridge.settings import Settings
from tests.tiny_video_model import TEMPLATE

TRAINING = PROMPTS["training"]


@pytest.fixture
def prepared() -> PreparedClip:
    pixels = np.random.default_rng(0).integers(0, 256, (28, 64, 96, 3)).astype(np.uint8)
    return PreparedClip(pixels, 20.0, tuple(range(28)), 28)


class Templates:
    """Writes a conversation as a processor does."""

    def apply_chat_template(self, conversation, *, tokenize, add_generation_prompt):
        assert not tokenize
        template = jinja2.Template(TEMPLATE)
        return template.render(messages=conversation, add_generation_prompt=add_generation_prompt)


def test_default_prompt_is_the_trainings_own_without_marks_around_the_video() -> None:
    assert as_text(Templates(), PROMPTS[Settings().video_prompt]) == (
        "<|im_start|>system\nYou are a sign language translator.<|im_end|>\n"
        "<|im_start|>user\n<|video_pad|>Translate this American Sign Language video into English."
        "<|im_end|>\n<|im_start|>assistant\n"
    )


def test_cards_prompt_has_no_system_turn() -> None:
    assert as_text(Templates(), PROMPTS["card"]) == (
        "<|im_start|>user\n<|video_pad|>Translate the signed sentence to English.<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_answer_to_learn_ends_the_conversation() -> None:
    text = as_text(Templates(), TRAINING, answer="Hello.")
    assert text.endswith("<|im_start|>assistant\nHello.<|im_end|>\n")


@pytest.mark.parametrize("fps", [20.0, 14.5, 29.97])
def test_server_decodes_every_bit_of_the_pictures_and_their_rate(
    prepared: PreparedClip, fps: float
) -> None:
    pixels, rate = wire.decode(wire.encode(replace(prepared, fps=fps)))
    assert np.array_equal(pixels, prepared.pixels)
    assert rate == pytest.approx(fps, rel=1e-3)


def test_every_second_frame_of_a_clip_has_half_its_rate(prepared: PreparedClip) -> None:
    half = replace(prepared, fps=40.0, frame_indices=tuple(range(0, 56, 2)), clip_frames=56)
    assert half.rate == 20.0


@pytest.mark.parametrize("url", ["", "http://host/clip.mp4", "data:image/png;base64,AA=="])
def test_only_the_data_url_of_a_video_is_decoded(url: str) -> None:
    with pytest.raises(BadInputError, match="not a data url"):
        wire.from_data_url(url)


def test_server_sees_the_pictures_the_model_in_process_sees(prepared: PreparedClip) -> None:
    here = in_process(prepared, TRAINING, None)
    assert here == at_endpoint(prepared, TRAINING, None)
    assert (here.frames, here.grid, here.tokens) == (28, (14, 4, 6), -1)


def test_paths_are_told_apart_by_a_single_pixel(prepared: PreparedClip) -> None:
    changed = replace(prepared, pixels=prepared.pixels.copy())
    changed.pixels[20, 30, 40, 1] ^= 1
    assert in_process(prepared, TRAINING, None) != in_process(changed, TRAINING, None)


def test_missing_weights_are_named_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BackendUnavailableError) as error:
        start("Recognizer", "video", RECOGNIZERS, Settings())
    message = str(error.value)
    assert "Qwen/Qwen3-VL-2B-Instruct (revision main) is not on this machine" in message
    assert "SIGNBRIDGE_VIDEO_BASE" in message
    assert "SIGNBRIDGE_VIDEO_DOWNLOAD=on" in message


@pytest.mark.parametrize("adapter", ["/no/such/adapter", "./none"])
def test_folder_that_does_not_exist_is_not_taken_for_a_repository(adapter: str) -> None:
    with pytest.raises(BackendUnavailableError, match=f"{adapter} is no folder.*VIDEO_ADAPTER"):
        adapter_folder(Weights("base", adapter=adapter))


def test_shared_gpu_of_a_hosted_space_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        sys.modules, "spaces", SimpleNamespace(GPU=lambda function: ("gpu", function))
    )
    assert local.on_gpu(print) == ("gpu", print)
