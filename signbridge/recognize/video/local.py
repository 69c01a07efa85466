"""The video-language recognizer in this process: Qwen3-VL with the sign-language adapter."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import torch

from signbridge.errors import BackendUnavailableError
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import Prompt, as_text
from signbridge.recognize.video.sentence import Answer, read
from signbridge.recognize.video.weights import Weights, load_model, load_processor
from signbridge.types import Guess, RecognitionResult, Segment

BEAMS = 5
LENGTH_PENALTY = 0.6
NO_REPEAT_NGRAM = 4
REPETITION_PENALTY = 1.1
MAX_NEW_TOKENS = 32
GUESSES = 3

F = TypeVar("F", bound=Callable[..., object])


class VideoRecognizer:
    """Reads whole sentences from pictures; the same weights answer for every visitor."""

    name = "video"
    reads: Literal["sentences"] = "sentences"
    sees: Literal["pictures"] = "pictures"

    def __init__(self, weights: Weights, prompt: Prompt) -> None:
        """Load the model; raise `BackendUnavailableError` naming what is missing."""
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._weights = weights
        self._processor = load_processor(weights)
        self._model = load_model(weights, self._device)
        self._prompt = prompt
        self._one_at_a_time = threading.Lock()
        self._translate = on_gpu(self._translate_here)

    @property
    def about(self) -> dict[str, str]:
        """Return which weights answer, and where."""
        weights = self._weights
        return {
            "model": f"{weights.base} + {weights.adapter}",
            "revision": f"{weights.base_revision} + {weights.adapter_revision}",
            "device": str(self._device),
        }

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the sentence; the score is the beam's own and is not calibrated."""
        return read(self.name, segment, self._translate)

    def _translate_here(self, prepared: PreparedClip) -> Answer:
        inputs = model_inputs(self._processor, self._prompt, prepared)
        inputs = inputs.to(self._device, self._model.dtype)
        try:
            with self._one_at_a_time, torch.inference_mode():
                found = generate(self._model, inputs)
        except torch.OutOfMemoryError as error:
            raise BackendUnavailableError(
                "the GPU has too little memory free for this clip; close what else runs on it, or "
                "use the endpoint (SIGNBRIDGE_RECOGNIZERS=video-endpoint)"
            ) from error
        texts = self._processor.batch_decode(
            found.sequences[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
        beams = found.sequences_scores.float().tolist()
        guesses = tuple(
            Guess(text.strip(), min(1.0, math.exp(beam)))
            for text, beam in zip(texts, beams, strict=True)
        )
        raw = f"beam score {beams[0]:.3f} (log probability / length^{LENGTH_PENALTY})"
        return Answer(guesses, raw)


def model_inputs(processor: Any, prompt: Prompt, prepared: PreparedClip) -> Any:
    """Return the model's inputs: the pictures as they are, each pair told its time."""
    pixels = torch.from_numpy(prepared.pixels).permute(0, 3, 1, 2)
    return processor(
        text=[as_text(processor, prompt)],
        videos=[pixels],
        video_metadata=[prepared.metadata],
        do_resize=False,
        do_sample_frames=False,
        cap_pixels_per_frame=False,
        return_tensors="pt",
    )


def generate(model: Any, inputs: Any) -> Any:
    """Return the best sentences of a beam search, as the adapter's published figures were made."""
    return model.generate(
        **inputs,
        num_beams=BEAMS,
        num_return_sequences=GUESSES,
        length_penalty=LENGTH_PENALTY,
        no_repeat_ngram_size=NO_REPEAT_NGRAM,
        repetition_penalty=REPETITION_PENALTY,
        max_new_tokens=MAX_NEW_TOKENS,
        do_sample=False,
        temperature=None,  # these three: the base's card sets them for sampling
        top_p=None,
        top_k=None,
        return_dict_in_generate=True,
        output_scores=True,
    )


def on_gpu(function: F) -> F:
    """Return the function as a hosted Space with a shared GPU needs it; elsewhere unchanged."""
    try:
        import spaces
    except ImportError:
        return function
    decorated: F = spaces.GPU(function)
    return decorated
