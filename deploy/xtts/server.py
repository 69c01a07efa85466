"""Text -> XTTS's sound over HTTP, as OpenAI's `/v1/audio/speech` asks and answers.

    python -m deploy.xtts

`pcm` (24,000 signed 16-bit samples a second, mono) is sent piece by piece while the model makes
it; `wav` is sent whole, for its head says how long it is.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterator
from typing import Literal, Protocol

import numpy as np
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from deploy.xtts.turns import BrokenError, FullError, Turn, Turns
from signbridge.speak.clauses import clauses
from signbridge.speak.voice import Voice
from signbridge.speak.wav import pcm, wav_bytes
from signbridge.types import Speech

MODEL = "xtts-v2"
LOOK_S = 0.5
"""How often it is looked whether who waits is still there."""
LONGEST = 4096  # characters, as OpenAI has it


class Model(Protocol):
    """What the server needs of a voice model."""

    sample_rate: int
    speakers: tuple[str, ...]

    def check(self, voice: Voice) -> None:
        """Raise `ValueError` for a voice that it does not have."""
        ...

    def stream(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, samples in [-1, 1], piece by piece."""
        ...


class Asked(BaseModel):
    """The body of a request; `language` goes beyond OpenAI's, other fields are let pass."""

    input: str = Field(min_length=1, max_length=LONGEST)
    model: str = MODEL
    voice: str = "default"
    response_format: Literal["pcm", "wav"] = "pcm"
    speed: float = Field(1.0, ge=0.25, le=4.0)
    language: str = "en"


def make_app(model: Model, places: int, key: str = "") -> FastAPI:
    """Return the server; `places` may wait, and must show `key` unless it is empty."""
    app = FastAPI(title="XTTS for SignBridge", docs_url=None, redoc_url=None)
    turns = Turns(places)

    def allowed(request: Request) -> None:
        shown = request.headers.get("authorization", "")
        if key and not hmac.compare_digest(shown.encode(), f"Bearer {key}".encode()):
            raise HTTPException(401, "the key is missing or wrong")

    guarded = [Depends(allowed)]

    @app.get("/health")
    def health() -> dict[str, object]:
        return {"status": "ok", "here": turns.here, "places": places}

    @app.get("/v1/models", dependencies=guarded)
    def models() -> dict[str, object]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model"}]}

    @app.get("/v1/audio/voices", dependencies=guarded)
    def voices() -> dict[str, object]:
        return {"voices": list(model.speakers)}

    @app.post("/v1/audio/speech", dependencies=guarded)
    async def speech(asked: Asked, request: Request) -> Response:
        voice = _voice(model, asked)
        turn = turns.take(lambda: (pcm(each) for each in model.stream(asked.input, voice)))
        pieces = turn.pieces()
        # The answer's head can't be taken back, so it waits for the first piece.
        first = await _first(pieces, turn, request)
        headers = {"X-Sample-Rate": f"{model.sample_rate}"}
        if asked.response_format == "wav":
            data = first + b"".join([piece async for piece in pieces])
            samples = np.frombuffer(data, "<i2").astype(np.float32) / 32767
            whole = wav_bytes(Speech(samples, model.sample_rate))
            return Response(whole, media_type="audio/wav", headers=headers)
        return StreamingResponse(_joined(first, pieces), media_type="audio/pcm", headers=headers)

    _say_what_went_wrong(app)
    return app


def _voice(model: Model, asked: Asked) -> Voice:
    if asked.model != MODEL:
        raise HTTPException(404, f"model {asked.model!r} is not served; ask for {MODEL!r}")
    voice = Voice(asked.voice, asked.speed, asked.language)
    try:
        model.check(voice)
        clauses(asked.input)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
    return voice


async def _first(pieces: AsyncIterator[bytes], turn: Turn, request: Request) -> bytes:
    """Wait for the first piece, unless who asked for it has left."""
    coming = asyncio.ensure_future(anext(pieces, b""))
    while not coming.done():
        await asyncio.wait({coming}, timeout=LOOK_S)
        if not coming.done() and await request.is_disconnected():
            turn.left.set()
            break
    return await coming


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _say_what_went_wrong(app: FastAPI) -> None:
    """Answer each error as OpenAI does: {"error": {"message": ...}}."""

    def told(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
        body = {"error": {"message": message, "type": "error", "code": status}}
        return JSONResponse(body, status, headers)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return told(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
        return told(400, wrong)

    @app.exception_handler(FullError)
    async def full(_: Request, error: FullError) -> Response:
        return told(503, str(error), {"Retry-After": f"{error.retry_after_s}"})

    @app.exception_handler(BrokenError)
    async def broken(_: Request, error: BrokenError) -> Response:
        return told(500, str(error))
