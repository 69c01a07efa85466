"""The Compare and Leaderboard tabs: what they hold, and which handler answers which event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from typing import Any

import gradio as gr
from gradio import processing_utils, utils

from signbridge.web.comparer import ALL, MOST, NONE, Comparer, Shown
from signbridge.web.examples import Example
from signbridge.web.handlers import given, told
from signbridge.web.uploads import Uploads

KEPT_S = 3600
INTERNAL: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
FIRST = """
<section class="sb-answer"><h3>Side by side</h3>
<p class="sb-quiet">Choose a clip and press Compare. Each recognizer gets a column, and all of them
see the same landmarks.</p></section>
"""
CONSENT = "Keep my vote: the recognizers' names and my choice, nothing of the clip"
Parts = tuple[object, ...]
"""The comparison, its state, the voting box, its buttons, the answer to a vote, the choices."""


def compare_tab(comparer: Comparer, examples: Sequence[Example]) -> Callable[[gr.HTML], None]:
    """Lay the Compare tab out; return what binds its votes to the Leaderboard's part."""
    events = _Events(comparer, examples)
    with gr.Row(elem_classes="sb-columns"):
        with gr.Column(scale=4, min_width=300):
            clip, example = _clip(examples)
        with gr.Column(scale=5, min_width=300):
            names, reference, blind = _question(comparer)
            go = gr.Button("Compare", variant="primary", elem_id="compare-go")
    line = gr.HTML(elem_id="compare-progress")
    result = gr.HTML(FIRST, elem_id="comparison")
    state = gr.State(None, time_to_live=KEPT_S)
    box, consent, best, others = _vote()
    thanks = gr.HTML(elem_id="vote-told")
    parts = [result, state, box, *best, thanks, names]
    go.click(
        events.compare,
        [clip, names, blind, reference],
        [line, *parts],
        api_visibility="private",
        show_progress_on=line,
        concurrency_limit=2,
        concurrency_id="clips",
    )
    example.input(events.example, example, [clip, reference], **INTERNAL)

    def bind(board: gr.HTML) -> None:
        choices = [*map(str, range(MOST)), ALL, NONE]
        for button, choice in zip([*best, *others], choices, strict=True):
            button.click(
                partial(events.vote, choice), [state, consent], [*parts, board], **INTERNAL
            )

    return bind


def _clip(examples: Sequence[Example]) -> tuple[gr.Video, gr.Dropdown]:
    """Lay out what the clip is chosen with: a file, the webcam, or an example."""
    clip = gr.Video(
        label="Video of one person signing ASL",
        show_label=False,
        sources=["upload", "webcam"],
        webcam_options=gr.WebcamOptions(mirror=False),
        include_audio=True,  # without, Gradio would run the clip through ffmpeg
        elem_id="compare-clip",
        buttons=[],
    )
    example = gr.Dropdown(
        [(one.says, number) for number, one in enumerate(examples)],
        value=None,
        label="Or an example",
        visible=bool(examples),
        elem_id="compare-example",
    )
    return clip, example


def _question(comparer: Comparer) -> tuple[gr.CheckboxGroup, gr.Textbox, gr.Checkbox]:
    """Lay out who is asked, what would be right, and whether names are hidden."""
    names = gr.CheckboxGroup(
        comparer.choices(),
        value=comparer.first_choice(),
        label=f"Recognizers, {MOST} at most",
        elem_id="compare-names",
    )
    reference = gr.Textbox(
        label="What it means, to score the sentences (optional)",
        max_lines=2,
        elem_id="compare-reference",
    )
    blind = gr.Checkbox(
        label="Blind: hide the names and shuffle the columns until I vote", container=False
    )
    return names, reference, blind


def _vote() -> tuple[gr.Column, gr.Checkbox, list[gr.Button], tuple[gr.Button, gr.Button]]:
    """Lay out the box of the vote, hidden until there is something to vote on."""
    with gr.Column(visible=False, elem_id="vote") as box:
        gr.HTML('<h3 class="sb-step">Which was better?</h3>')
        consent = gr.Checkbox(label=CONSENT, container=False, elem_id="vote-consent")
        with gr.Row(elem_id="vote-buttons"):
            best = [gr.Button(visible=False, min_width=140) for _ in range(MOST)]
            tied = gr.Button("Equally good", min_width=140)
            bad = gr.Button("None is good", min_width=140)
    return box, consent, best, (tied, bad)


class _Events:
    """What the tab's events lead to, in Gradio's own words."""

    def __init__(self, comparer: Comparer, examples: Sequence[Example]) -> None:
        self._comparer = comparer
        self._examples = examples

    def compare(
        self,
        clip: str | None,
        names: list[str],
        blind: bool,
        reference: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Parts]:
        """Yield the page's parts as the columns finish."""
        path = given(clip)
        with told():
            for shown in self._comparer.compare(path, names, blind, reference, progress):
                yield gr.skip(), *_parts(shown, "", self._comparer)

    def vote(self, choice: str, shown: Shown | None, consent: bool) -> Parts:
        """Take a vote and show the names and the changed Leaderboard."""
        if shown is None:
            raise gr.Error("There is nothing to vote on. Compare a clip first.")
        with told():
            after, said = self._comparer.vote(shown, choice, consent)
        return *_parts(after, said, self._comparer), self._comparer.leaderboard()

    def example(self, number: int | None) -> tuple[str | None, str]:
        """Return an example's clip, from where Gradio serves it, and what it says."""
        if number is None:
            return None, ""
        chosen = self._examples[number]
        kept = processing_utils.save_file_to_cache(chosen.path, utils.get_upload_folder())
        return kept, chosen.says


def _parts(shown: Shown, said: str, comparer: Comparer) -> Parts:
    labels = [shown.names[name] for name in shown.candidates]
    buttons = [
        gr.Button(f"{labels[place]} is better", visible=True)
        if place < len(labels)
        else gr.Button(visible=False)
        for place in range(MOST)
    ]
    answer = f'<p class="sb-status" role="status">{escape(said)}</p>' if said else ""
    # A recognizer that could not start is in the list with the reason from now on.
    choices = gr.CheckboxGroup(choices=comparer.choices())
    return shown.html, shown, gr.Column(visible=bool(labels)), *buttons, answer, choices


def leaderboard_tab(comparer: Comparer, tab: gr.Tab, blocks: gr.Blocks) -> gr.HTML:
    """Lay the Leaderboard tab out; it is read anew whenever it is opened."""
    board = gr.HTML(comparer.leaderboard(), elem_id="leaderboard")
    tab.select(comparer.leaderboard, None, board, **INTERNAL)
    blocks.load(comparer.leaderboard, None, board, **INTERNAL)
    return board


def compare_api(comparer: Comparer, uploads: Uploads) -> None:
    """Offer the comparison to programs: `gradio_client`, and MCP as a tool."""

    def compare_asl_clip(
        clip: str,
        recognizers: str = "",
        reference: str = "",
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> dict[str, object]:
        """Compare sign language recognizers on one video of a person signing ASL.

        All recognizers see the same landmarks, found once. Each has a column with "text" (its
        English), "results" (stretches with start_s, end_s, abstained and the five best guesses with
        scores), "about" (model, revision, device), "times_s" (null where not measured), "frames",
        "notices", and "error" where it has no answer. Any of them may be wrong. Not for medical,
        legal or emergency use.

        Args:
            clip: Video (mp4, mov, webm, avi, gif) of one signer, head to waist, facing the camera.
            recognizers: Names separated by commas; the first two that can start where empty.
            reference: What the clip means in English, to score the sentences against; may be empty.

        Returns:
            the comparison as JSON
        """
        names = [name.strip() for name in recognizers.split(",") if name.strip()]
        with told(), uploads.used(given(clip)) as path:
            return comparer.contract(path, names, reference, progress)

    source = gr.File(visible=False, label="clip")
    names = gr.Textbox(visible=False, label="recognizers")
    meant = gr.Textbox(visible=False, label="reference")
    result = gr.JSON(visible=False, label="comparison")
    gr.Button(visible=False).click(
        compare_asl_clip,
        [source, names, meant],
        result,
        api_name="compare_asl_clip",
        concurrency_limit=2,
        concurrency_id="clips",
    )
