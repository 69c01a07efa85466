"""The sentence by a chat model on an OpenAI-compatible endpoint, such as Llama behind vLLM."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from signbridge.breaker import Breaker
from signbridge.compose.chat.grounding import Signed
from signbridge.compose.chat.prompt import (
    LONGEST,
    SCHEMA,
    finished,
    growing,
    messages,
    refuse_long,
)
from signbridge.compose.chat.retrieval import Retriever
from signbridge.errors import UngroundedError
from signbridge.protocols import Grow
from signbridge.remote import Endpoint, Remote
from signbridge.types import Choice, Guess, RecognitionResult, Utterance

MAX_TOKENS = 300
LONGEST_REPLY = 10 * MAX_TOKENS  # characters: a token of English or JSON has about 4
_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "translation", "strict": True, "schema": SCHEMA},
}


def settled(result: RecognitionResult) -> RecognitionResult:
    """Return the result; what the signer said it was, which has no score, has no other guess."""
    first = result.guesses[0]
    if not math.isnan(first.score):
        return result
    return replace(result, guesses=(Guess(first.text, 1.0),))


class ChatComposer:
    """Writes one sentence of the guessed signs; refuses words that nobody signed."""

    name = "chat"

    def __init__(self, endpoint: Endpoint, retriever: Retriever | None = None) -> None:
        """Keep the address; the server is asked only when there are signs."""
        self._remote = Remote(endpoint)
        self._retriever = retriever or Retriever()
        self._breaker = Breaker()

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        """Return the sentence; `grow` is told it as it is written, up to a word nobody signed.

        Raises `UngroundedError` where the model says what was not signed, and
        `BackendUnavailableError` where the server gives no sentence.
        """
        started_s = time.perf_counter()
        found = [settled(one) for one in results if one.guesses and not one.abstained]
        ordered = sorted(found, key=lambda one: one.start_s)
        if not ordered:
            return Utterance("", self.name, 0.0)
        signed = Signed(ordered)
        with self._breaker.guarding(self._remote.endpoint.url):
            sentence = self._sentence(ordered, signed, context, grow)
        words = signed.traced(sentence)
        added = tuple(dict.fromkeys(one.word for one in words if not one.gloss))
        if added:
            listed = ", ".join(f"“{word}”" for word in added)
            raise UngroundedError(f"the chat model added {listed}, which nobody signed")
        if left_out := signed.left_out(sentence):
            raise UngroundedError(f"the chat model left out “{left_out[0]}”, which was signed")
        sources = tuple(dict.fromkeys(one.gloss for one in words))
        took_s = time.perf_counter() - started_s
        return Utterance(sentence, self.name, took_s, sources, choices=_choices(ordered, sources))

    def _sentence(
        self,
        results: Sequence[RecognitionResult],
        signed: Signed,
        context: Sequence[str],
        grow: Grow | None,
    ) -> str:
        """Return the sentence, or its beginning up to a word that nobody signed."""
        examples = self._retriever.nearest([one.guesses[0].text for one in results])
        reply = shown = ""
        with self._remote.telling():
            for piece in self._pieces(messages(results, context, examples)):
                reply += piece
                refuse_long(reply, LONGEST_REPLY)
                if (text := growing(reply)) == shown:
                    continue
                refuse_long(text, LONGEST)
                shown = text
                whole_words = text.rpartition(" ")[0]
                if signed.added(whole_words):
                    return whole_words  # what follows can't make it right
                if grow is not None:
                    grow(text)
        return finished(reply)

    def _pieces(self, chat: list[dict[str, str]]) -> Iterator[str]:
        stream: Any = self._remote.client.chat.completions.create(
            model=self._remote.model,
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


def _choices(results: Sequence[RecognitionResult], sources: Sequence[str]) -> tuple[Choice, ...]:
    """Return the signs that are in the sentence by another guess than their best."""
    best = {result.guesses[0].text for result in results}
    found = []
    for result in results:
        if result.guesses[0].text in sources:
            continue
        taken = (one for one in result.guesses[1:] if one.text in sources and one.text not in best)
        if (guess := next(taken, None)) is not None:
            found.append(Choice(result.start_s, guess, result.guesses[0]))
    return tuple(found)
