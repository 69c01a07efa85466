"""The Signs tab: look a sign up, see it drawn, see how well it is recognized, try it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import gradio as gr
from gradio import processing_utils, utils

from signbridge.web.drawn import DrawnSigns
from signbridge.web.lexicon import Sign, sign_card, sign_grid

SCRIPT = Path(__file__).with_name("signs.js")
READERS = 16
"""Visitors answered at once; of their drawings one is rendered at a time."""
FIRST_CARD = """
<section class="sb-answer"><h3>Sign</h3>
<p class="sb-quiet">Choose a sign. It is shown here, with how often it was recognized.</p></section>
"""
NO_SIGNS = '<p class="sb-quiet">The list of signs could not be read.</p>'
# Right-handed signers are drawn; a left-handed one is the mirror image.
MIRROR = """
(on) => { document.querySelector("#sign-stage").classList.toggle("sb-mirrored", on); }
"""
Shown = tuple[str, gr.Video, gr.Checkbox, gr.Button]
"""The card, the drawing, the choice of its side, and the way to try it."""


class SignLookup:
    """Answers which sign was chosen."""

    def __init__(self, signs: Sequence[Sign], drawings: DrawnSigns) -> None:
        self._signs = {sign.gloss: sign for sign in signs}
        self._drawings = drawings

    def show(self, gloss: str, progress: gr.Progress) -> Iterator[Shown]:
        """Yield the card of a sign at once, and again with its drawing."""
        sign = self._signs.get(gloss)
        if sign is None:
            raise gr.Error(f"There is no sign “{gloss[:40]}” in the list.", print_exception=False)
        card, button = sign_card(sign), gr.Button(visible=True)
        drawn = sign.drawn and gloss in self._drawings
        yield card, gr.Video(None, visible=drawn), gr.Checkbox(visible=drawn), button
        if drawn:
            clip = self._drawings.clip(gloss, lambda share: progress(share, "Drawing the sign"))
            label = f"{sign.text}, signed by the drawn signer"
            video = gr.Video(_served(clip), label=label, visible=True)
            yield card, video, gr.Checkbox(visible=True), button


def signs_tab(signs: Sequence[Sign], drawings: DrawnSigns, tabs: gr.Tabs) -> None:
    """Lay the tab out and bind its events; `tabs` has the Live tab to go to."""
    if not signs:
        gr.HTML(NO_SIGNS)
        return
    lookup = SignLookup(signs, drawings)
    with gr.Row(elem_classes="sb-columns"):
        with gr.Column(scale=6, min_width=300):
            grid = gr.HTML(
                sign_grid(signs), elem_id="signs", js_on_load=SCRIPT.read_text(encoding="utf-8")
            )
        with gr.Column(scale=5, min_width=300, elem_id="sign"):
            card = gr.HTML(FIRST_CARD, elem_id="sign-card")
            with gr.Group(elem_id="sign-stage"):
                video = gr.Video(
                    label="The drawn signer",
                    show_label=False,
                    visible=False,
                    interactive=False,
                    autoplay=True,
                    loop=True,
                    buttons=[],
                    elem_id="sign-video",
                )
            mirror = gr.Checkbox(label="Left-handed (mirrored)", container=False, visible=False)
            go = gr.Button("Try it in Live", variant="primary", visible=False, elem_id="sign-try")

    def show_sign(
        event: gr.EventData,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Shown]:
        yield from lookup.show(str(event.gloss), progress)

    grid.select(
        show_sign,
        None,
        [card, video, mirror, go],
        api_visibility="private",
        show_progress_on=video,
        trigger_mode="always_last",
        concurrency_limit=READERS,
        concurrency_id="signs",
    )
    mirror.change(None, mirror, None, js=MIRROR, api_visibility="private")
    go.click(
        lambda: gr.Tabs(selected="live"),
        None,
        tabs,
        api_visibility="private",
        show_progress="hidden",
    )


def _served(clip: bytes) -> str:
    """Return where Gradio serves a clip from, and after some minutes deletes it."""
    with tempfile.TemporaryDirectory(prefix="signbridge-") as folder:
        path = Path(folder) / "sign.mp4"
        path.write_bytes(clip)
        return str(processing_utils.save_file_to_cache(path, utils.get_upload_folder()))
