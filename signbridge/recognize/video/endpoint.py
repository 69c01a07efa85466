"""The video-language recognizer behind an OpenAI-compatible server, such as vLLM.

The server gets the prepared pictures and is told to change nothing about them. It must serve the
base with the adapter merged in (`python -m signbridge merge-adapter`). vLLM's beam search knows no
ban on repeated 4-grams and no repetition penalty, so its sentences can differ from those made in
process; the pictures do not (`python -m signbridge doctor --parity CLIP`).
"""

from __future__ import annotations

import math
from typing import Any, Literal

from signbridge.breaker import Breaker
from signbridge.recognize.video import wire
from signbridge.recognize.video.local import (
    BEAMS,
    GUESSES,
    LENGTH_PENALTY,
    MAX_NEW_TOKENS,
    REPETITION_PENALTY,
)
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import Message, Prompt, messages
from signbridge.recognize.video.sentence import Answer, read
from signbridge.remote import Endpoint, Remote
from signbridge.types import Guess, RecognitionResult, Segment

_UNTOUCHED = {
    "mm_processor_kwargs": {"do_resize": False, "do_sample_frames": False},
    "media_io_kwargs": {"video": {"num_frames": -1}},  # else 32 of them, however many there are
}
_SEARCH = {
    "use_beam_search": True,
    "length_penalty": LENGTH_PENALTY,
    "repetition_penalty": REPETITION_PENALTY,
}


class EndpointRecognizer:
    """Reads whole sentences from pictures, on another machine."""

    name = "video-endpoint"
    reads: Literal["sentences"] = "sentences"
    sees: Literal["pictures"] = "pictures"

    def __init__(self, endpoint: Endpoint, prompt: Prompt) -> None:
        """Keep the address; the server is asked only when there is a sentence to read."""
        self._remote = Remote(endpoint, whole=1)
        self._prompt = prompt
        self._breaker = Breaker()

    @property
    def about(self) -> dict[str, str]:
        """Return which model is asked, and where; the server does not tell its revision."""
        endpoint = self._remote.endpoint
        return {"model": endpoint.model, "device": endpoint.url}

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the sentence; raise `BackendUnavailableError` if the server gives none."""
        return read(self.name, segment, self._translate)

    def _translate(self, prepared: PreparedClip) -> Answer:
        with self._breaker.guarding(self._remote.endpoint.url):
            body = request(self._prompt, prepared)
            with self._remote.telling():
                create = self._remote.client.chat.completions.create
                reply = create(model=self._remote.model, **body)
            return self._answer(reply)

    def _answer(self, reply: Any) -> Answer:
        choices = getattr(reply, "choices", None) or ()
        texts = [getattr(getattr(choice, "message", None), "content", None) for choice in choices]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise self._remote.down("sent what is no answer: there is no sentence in it")
        guesses = tuple(
            Guess(str(text).strip(), score(choice))
            for text, choice in zip(texts, choices, strict=True)
        )
        return Answer(guesses[:GUESSES], f"answered by {getattr(reply, 'model', None)}")


def request(prompt: Prompt, prepared: PreparedClip) -> dict[str, Any]:
    """Return the body of the request, without the model's name."""
    video: Message = {
        "type": "video_url",
        "video_url": {"url": wire.data_url(wire.encode(prepared))},
    }
    return {
        "messages": messages(prompt, video),
        "n": BEAMS,
        "max_tokens": MAX_NEW_TOKENS,
        "temperature": 0.0,
        "logprobs": True,
        "extra_body": {**_SEARCH, **_UNTOUCHED},
    }


def score(choice: Any) -> float:
    """Return exp(log probability / length^0.6), as the beams are ranked; NaN if not told."""
    tokens = getattr(getattr(choice, "logprobs", None), "content", None) or ()
    values = [float(token.logprob) for token in tokens]
    if not values:
        return math.nan
    return min(1.0, math.exp(sum(values) / len(values) ** LENGTH_PENALTY))
