"""What the video-language model is asked, in the words and the order it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = dict[str, Any]

VISION_START, VIDEO, VISION_END = "<|vision_start|>", "<|video_pad|>", "<|vision_end|>"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A user turn after the video, and what is said to the model before it, if anything."""

    system: str
    user: str


PROMPTS = {
    "training": Prompt(
        "You are a sign language translator.",
        "Translate this American Sign Language video into English.",
    ),
    # As the adapter's card shows it; the training did not use it.
    "card": Prompt("", "Translate the signed sentence to English."),
}


class Templates(Protocol):
    """The part of a processor that writes a conversation as text."""

    def apply_chat_template(
        self, conversation: Sequence[Message], *, tokenize: bool, add_generation_prompt: bool
    ) -> str: ...


def messages(prompt: Prompt, video: Message, answer: str | None = None) -> list[Message]:
    """Return the conversation; `video` is the content part that stands for the pictures."""
    turns = [{"role": "user", "content": [video, {"type": "text", "text": prompt.user}]}]
    if prompt.system:
        turns.insert(0, {"role": "system", "content": [{"type": "text", "text": prompt.system}]})
    if answer is not None:
        turns.append({"role": "assistant", "content": [{"type": "text", "text": answer}]})
    return turns


def as_text(processor: Templates, prompt: Prompt, answer: str | None = None) -> str:
    """Return the conversation as text with one place for the video.

    answer: the sentence to learn; without one the text ends where the model shall go on.

    transformers 4.57, with which the adapter was trained, put each pair of frames between its own
    vision marks and dropped the pair of marks that the chat template writes around the video.
    5.x keeps it: two tokens more than the model ever saw. They are taken out here.
    """
    text = processor.apply_chat_template(
        messages(prompt, {"type": "video"}, answer),
        tokenize=False,
        add_generation_prompt=answer is None,
    )
    return text.replace(VISION_START + VIDEO + VISION_END, VIDEO)
