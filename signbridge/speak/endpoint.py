"""English text -> speech by a server with OpenAI's `/v1/audio/speech`, such as one with XTTS.

The server is asked for raw sound (`pcm`: 24,000 signed 16-bit samples a second, mono), clause by
clause, and each piece is passed on as it arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from signbridge.breaker import Breaker
from signbridge.remote import Endpoint, Remote
from signbridge.speak.clauses import clauses
from signbridge.speak.voice import PAUSE_S, Voice, heard
from signbridge.types import Speech

SAMPLE_RATE = 24000
PIECE_S = 0.1  # of sound, passed on at once: long enough to play, short enough not to wait for
LIMIT_S, LIMIT_S_A_CHARACTER = 5.0, 0.5  # speech takes about 0.07 s, a figure read out 0.5 s
RAW_KINDS = ("", "audio/pcm", "audio/l16", "application/octet-stream")


class EndpointSpeaker:
    """A voice on another machine; it gets the sentence and nothing else."""

    name = "speech-endpoint"

    def __init__(self, endpoint: Endpoint, voice: Voice | None = None) -> None:
        """Keep the address; raise `BackendUnavailableError` if there is none."""
        self._remote = Remote(endpoint)
        self._voice = voice or Voice()
        self._breaker = Breaker()

    def at(self, speed: float) -> EndpointSpeaker:
        """Return the same voice at this speed, sharing what it speaks with."""
        other = copy(self)
        other._voice = replace(self._voice, speed=speed)
        return other

    def speak(self, text: str) -> Speech:
        """Return the whole text as mono speech, samples in [-1, 1].

        Raises `ValueError` for text without a letter or digit, `BackendUnavailableError` if the
        server gives no sound.
        """
        return Speech(np.concatenate([piece.samples for piece in self.stream(text)]), SAMPLE_RATE)

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the sound piece by piece, the first as soon as the server has made it."""
        pause = np.zeros(round(PAUSE_S * SAMPLE_RATE), dtype=np.float32)
        parts = clauses(text)
        with self._breaker.guarding(self._remote.endpoint.url):
            for number, clause in enumerate(parts):
                if number:
                    yield Speech(pause, SAMPLE_RATE)
                yield from self._spoken(clause)

    def _spoken(self, clause: str) -> Iterator[Speech]:
        for samples in heard(self._samples(clause), self._remote.down):
            yield Speech(samples, SAMPLE_RATE)

    def _samples(self, clause: str) -> Iterator[NDArray[np.float32]]:
        """Yield float32 samples in [-1, 1]; a sample cut in two by the network is joined again."""
        left = b""
        limit_s = (LIMIT_S + LIMIT_S_A_CHARACTER * len(clause)) / self._voice.speed
        room = round(limit_s * SAMPLE_RATE)
        with self._remote.telling():
            create = self._remote.client.audio.speech.with_streaming_response.create
            with create(
                model=self._remote.model,
                voice=self._voice.name,
                input=clause,
                response_format="pcm",
                speed=self._voice.speed,
            ) as reply:
                self._refuse_other(reply.headers.get("content-type", ""))
                for data in reply.iter_bytes(round(2 * PIECE_S * SAMPLE_RATE)):
                    data = left + data
                    whole = len(data) - len(data) % 2
                    left = data[whole:]
                    room -= whole // 2
                    if room < 0:
                        raise self._remote.down(f"sent more than {limit_s:.0f} s of sound")
                    if whole:
                        yield np.frombuffer(data[:whole], dtype="<i2").astype(np.float32) / 32768

    def _refuse_other(self, kind: str) -> None:
        """Refuse what is no sound, before anybody hears it as noise."""
        if kind.partition(";")[0].strip().lower() not in RAW_KINDS:
            raise self._remote.down(f"sent {kind}, not raw sound")
