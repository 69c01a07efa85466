"""What the Live tab shows of a visitor's signs and sentences, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from signbridge.export import captions, minutes
from signbridge.live.latency import Latencies
from signbridge.types import RecognitionResult
from signbridge.web.correctable import Sentence, Word
from signbridge.web.media import text_address
from signbridge.web.words import (
    growing,
    guess_list,
    name_of,
    next_guesses,
    notice_list,
    percent,
    score_bar,
)

SENTENCES_SHOWN = 6
OFFERED = 5
"""So many of the next guesses can be chosen instead of a word."""
STATUS = {
    "off": "Camera is off. Allow it, then press Record. Nothing is kept of the pictures.",
    "loading": "Loading the models. This takes a few seconds after a start.",
    "nobody": "Nobody in the picture. Show yourself from the head to the waist.",
    "idle": "Ready. Raise your hands and sign.",
    "signing": "Signing.",
    "thinking": "Thinking. Sign on, or rest your hands to end the sentence.",
    "speaking": "Speaking.",
    "paused": "Paused. Pictures are not looked at until you press Resume.",
}
STAGES = {
    "landmarks": "Landmarks, a picture",
    "recognize": "Recognition, a sign",
    "compose": "Composing, a sentence",
    "speak": "Voice, a sentence",
    "sign": "End of sign to its word",
    "sound": "End of sentence to its sound",
}


def status(state: str, text: str = "") -> str:
    """Return the line that says what the camera sees."""
    words = escape(text or STATUS[state])
    return f'<p class="sb-status sb-{state}" role="status"><i aria-hidden="true"></i>{words}</p>'


def sign_list(results: Iterable[RecognitionResult]) -> str:
    """Return recognized signs, the latest first, each with its score and next guesses."""
    items = "".join(
        f'<li class="sb-sign{" sb-unsure" if result.abstained else ""}">'
        f"<strong>{escape(name_of(result))}</strong>{score_bar(result)}"
        f"{guess_list(next_guesses(result))}</li>"
        for result in results
    )
    if not items:
        items = '<li class="sb-quiet">Signs appear here as they are recognized.</li>'
    return f'<h3>Signs, latest first</h3><ol class="sb-signs">{items}</ol>'


def transcript(
    sentences: Sequence[Sentence], notices: Iterable[str] = (), draft: str = "", perhaps: str = ""
) -> str:
    """Return the sentences, the latest last and largest, with the words they were made from.

    draft: the sentence that is being written, as far as it is. perhaps: what is told of a sentence
    that could not be said.
    """
    items = "".join(map(_sentence, sentences[-SENTENCES_SHOWN:]))
    if perhaps:
        items += f'<li class="sb-quiet">{escape(perhaps)}</li>'
    if not items and not draft:
        items = '<li class="sb-quiet">The sentence appears when you rest your hands.</li>'
    return (
        f'<h3>In English</h3><ol class="sb-transcript" aria-live="polite" lang="en">{items}</ol>'
        f"{growing(draft)}{notice_list(notices)}"
    )


def running(words: Iterable[Word], guess: str = "") -> str:
    """Return the words of the sentence that is going on, and a guess of the sign that is."""
    chips = "".join(map(_chip, words))
    maybe = f'<li class="sb-maybe">{escape(guess)} …</li>' if guess else ""
    if not chips and not maybe:
        return '<p class="sb-quiet">Signs of the next sentence appear here.</p>'
    return f'<ol class="sb-chips" aria-label="Signs of this sentence">{chips}{maybe}</ol>'


def downloads(sentences: Sequence[Sentence]) -> str:
    """Return links to the transcript with its times; nothing where nothing was said."""
    if not sentences:
        return ""
    said = [sentence.utterance for sentence in sentences]
    files = (
        ("signbridge.txt", minutes(said), "text/plain", "Transcript (TXT)"),
        ("signbridge.srt", captions(said), "application/x-subrip", "Captions (SRT)"),
    )
    links = "".join(
        f'<a class="sb-download" download="{name}" href="{text_address(text, kind)}">{label}</a>'
        for name, text, kind, label in files
    )
    return f'<nav class="sb-downloads" aria-label="Downloads">{links}</nav>'


def speed(latencies: Latencies | None) -> str:
    """Return how long each stage took in this session: the middle, and what 95% stay under."""
    if latencies is None or not latencies.frames:
        return '<p class="sb-quiet">Measured while the camera is on.</p>'
    rows = "".join(_speed_row(latencies, stage, name) for stage, name in STAGES.items())
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Milliseconds", "Median", "95% under", "Count")
    )
    lost = latencies.dropped
    return (
        f'<table class="sb-speeds"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="sb-quiet">{latencies.fps:.1f} pictures a second looked at; '
        f"{latencies.frames} in all, {lost} came too fast and {'was' if lost == 1 else 'were'} "
        "dropped. The pause that ends a sentence is part of the last row.</p>"
    )


def hand(found: str) -> str:
    """Return which hand was found to lead."""
    text = f"Found: the {found} hand leads." if found else "Not found yet: it takes three signs."
    return f'<p class="sb-quiet">{text}</p>'


def asked(word: Word) -> str:
    """Return the heading of the panel that corrects a word."""
    return f'<h3 class="sb-asked">What was “{escape(_name(word))}”?</h3>'


def _name(word: Word) -> str:
    return name_of(word.result) if word.taken is None else word.taken.text


def _speed_row(latencies: Latencies, stage: str, name: str) -> str:
    count = latencies.count(stage)
    middle, high = (
        f"{1000 * latencies.percentile_s(stage, share):.0f}" if count else "-" for share in (50, 95)
    )
    return f'<tr><th scope="row">{name}</th><td>{middle}</td><td>{high}</td><td>{count}</td></tr>'


def _sentence(sentence: Sentence) -> str:
    text = escape(sentence.utterance.text)
    chips = "".join(map(_chip, sentence.words))
    return (
        f'<li><p class="sb-said">{text}</p>'
        f'<button type="button" class="sb-say" data-say="{sentence.key}" '
        f'aria-label="Speak: {text}">Speak</button>'
        f'<ol class="sb-chips" aria-label="Its signs; choose one to correct it">{chips}</ol></li>'
    )


def _chip(word: Word) -> str:
    result = word.result
    if word.corrected:
        score, kind = "chosen by you", " sb-chosen"
    elif result.abstained:
        score, kind = "not recognized", " sb-unsure"
    else:
        score, kind = percent(word.shown.score), ""
    if word.taken is not None:
        first = result.guesses[0]
        score += f", taken for its neighbours instead of {first.text}, {percent(first.score)}"
        kind = " sb-taken"
    shown = "?" if result.abstained else escape(word.shown.text)
    label = f"{escape(_name(word))}, {escape(score)}. Correct it."
    return (
        f'<li><button type="button" class="sb-chip{kind}" data-word="{word.key}" '
        f'aria-label="{label}" title="{label}">{shown}</button></li>'
    )
