"""The sentence by a chat model on an OpenAI-compatible endpoint, such as Llama behind vLLM."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from signbridge.compose.chat.breaker import Breaker
from signbridge.compose.chat.grounding import traced
from signbridge.compose.chat.prompt import SCHEMA, finished, growing, messages
from signbridge.compose.chat.retrieval import Retriever
from signbridge.errors import BackendUnavailableError, UngroundedError
from signbridge.types import RecognitionResult, Utterance

NONE = "none"
FIRST_MODEL = "first"
RETRIES = 1
MAX_TOKENS = 300
_SHOWN_CHARACTERS = 200
_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "translation", "strict": True, "schema": SCHEMA},
}
Grow = Callable[[str], None]
"""Is told the sentence so far, each time it has grown."""


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """Where the chat model is, what opens it, and how long to wait for each part of an answer.

    model: the name it is served by; "first" takes the first that the server lists.
    """

    url: str
    key: str = field(default=NONE, repr=False)
    model: str = FIRST_MODEL
    timeout_s: float = 10.0


class ChatComposer:
    """Writes one sentence of the guessed signs; refuses words that nobody signed."""

    name = "chat"

    def __init__(self, endpoint: ChatEndpoint, retriever: Retriever | None = None) -> None:
        """Keep the address; the server is asked only when there are signs."""
        import httpx
        import openai

        if endpoint.url == NONE:
            raise BackendUnavailableError(
                "no endpoint is set; set SIGNBRIDGE_CHAT_URL to an OpenAI-compatible server, such "
                "as http://localhost:8000/v1"
            )
        self._endpoint = endpoint
        self._retriever = retriever or Retriever()
        self._errors = openai
        self._broken_off = (httpx.HTTPError, OSError)
        self._client = openai.OpenAI(
            base_url=endpoint.url,
            api_key=endpoint.key,
            timeout=endpoint.timeout_s,
            max_retries=RETRIES,
        )
        self._model = "" if endpoint.model == FIRST_MODEL else endpoint.model
        self._breaker = Breaker()

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        """Return the sentence; `grow` is told it as it is written.

        Raises `UngroundedError` where the model says what was not signed, and
        `BackendUnavailableError` where the server gives no sentence.
        """
        started_s = time.perf_counter()
        found = [one for one in results if one.guesses and not one.abstained]
        ordered = sorted(found, key=lambda one: one.start_s)
        if not ordered:
            return Utterance("", self.name, 0.0)
        with self._breaker.guarding(self._endpoint.url):
            sentence = self._sentence(ordered, context, grow)
        words = traced(sentence, ordered)
        added = tuple(dict.fromkeys(one.word for one in words if not one.gloss))
        if added:
            listed = ", ".join(f"“{word}”" for word in added)
            raise UngroundedError(f"the chat model added {listed}, which nobody signed")
        sources = tuple(dict.fromkeys(one.gloss for one in words))
        return Utterance(sentence, self.name, time.perf_counter() - started_s, sources)

    def _sentence(
        self, results: Sequence[RecognitionResult], context: Sequence[str], grow: Grow | None
    ) -> str:
        examples = self._retriever.nearest([one.guesses[0].text for one in results])
        reply = shown = ""
        with self._told():
            for piece in self._pieces(messages(results, context, examples)):
                reply += piece
                if grow is not None and (text := growing(reply)) != shown:
                    shown = text
                    grow(text)
        return finished(reply)

    def _pieces(self, chat: list[dict[str, str]]) -> Iterator[str]:
        stream: Any = self._client.chat.completions.create(
            model=self._served(),
            messages=chat,
            max_tokens=MAX_TOKENS,
            temperature=0.0,
            response_format=_FORMAT,
            stream=True,
        )
        with stream:
            for chunk in stream:
                for choice in getattr(chunk, "choices", None) or ():
                    if text := getattr(choice.delta, "content", None):
                        yield str(text)

    def _served(self) -> str:
        if not self._model:
            served = getattr(self._client.models.list(), "data", None) or ()
            self._model = next((str(model.id) for model in served), "")
            if not self._model:
                raise self._down("lists no model; set SIGNBRIDGE_CHAT_MODEL")
        return self._model

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what goes wrong at the server into an error that names it without its secret."""
        try:
            yield
        except self._errors.APITimeoutError as error:
            raise self._down(f"did not answer within {self._endpoint.timeout_s:g} s") from error
        except self._errors.APIConnectionError as error:
            raise self._down("can't be reached") from error
        except self._errors.APIStatusError as error:
            raise self._down(f"refused ({error.status_code}): {error.message}") from error
        except self._errors.OpenAIError as error:
            raise self._down(f"sent what is no answer: {error}") from error
        except (ValueError, AttributeError) as error:
            raise self._down("sent what is no answer") from error
        except self._broken_off as error:
            raise self._down("broke off in the middle of its answer") from error

    def _down(self, what: str) -> BackendUnavailableError:
        """Return the error to raise; a server may quote the key, so it is taken out."""
        said = " ".join(what.split())
        if self._endpoint.key != NONE:
            said = said.replace(self._endpoint.key, "[key]")
        return BackendUnavailableError(
            f"the endpoint {self._endpoint.url} {said[:_SHOWN_CHARACTERS]}; "
            "check the server and SIGNBRIDGE_CHAT_URL"
        )
