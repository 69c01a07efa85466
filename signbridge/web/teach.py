"""The "Make it yours" tab: a signer calibrates the recognizer, or teaches signs of their own."""

from __future__ import annotations

from typing import Any

import gradio as gr

from signbridge.capture.sniff import SUFFIXES
from signbridge.web.camera import camera_stage
from signbridge.web.taught import NOTHING, line
from signbridge.web.teacher import Teacher

STREAM_EVERY_S = 0.1
# Internal events can't be called from outside, and show no progress bar unless they say so.
INTERNAL: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
VIDEO_TYPES = ["video", *sorted(SUFFIXES)]
INTRODUCTION = """
<p class="sb-quiet">Show a sign three to five times and SignBridge learns your way of signing it, or
a sign that it does not know. Nothing is trained and nothing is kept when you leave; download your
signs to bring them back.</p>
"""


def teach_tab(teacher: Teacher, max_sessions: int) -> None:
    """Lay the tab out where it is called, and bind its events to `teacher`."""
    gr.HTML(INTRODUCTION)
    with gr.Row(elem_classes="sb-columns"):
        with gr.Column(scale=6, min_width=320):
            name = gr.Textbox(
                label="Which sign do you show?",
                placeholder="hello, or a name of your own",
                max_length=40,
                elem_id="teach-name",
            )
            of_someone = gr.Checkbox(
                label="It is the name of a person or a place", elem_id="teach-of-someone"
            )
            said = gr.HTML(line("off"), elem_id="teach-status")
            camera, drawn = camera_stage("teach-stage", "teach-camera", "teach-overlay")
            clips = gr.File(
                label="Or short clips of this one sign",
                file_count="multiple",
                file_types=VIDEO_TYPES,
                height=180,
                elem_id="teach-clips",
            )
        with gr.Column(scale=5, min_width=320):
            signs = gr.HTML(NOTHING, elem_id="teach-signs")
            with gr.Row():
                choice = gr.Dropdown(choices=[], label="Remove a sign", elem_id="teach-choice")
                remove = gr.Button("Remove", size="md", min_width=100, scale=0)
            kept = gr.File(
                label="Load my signs (replaces those above)",
                file_types=[".npz"],
                height=180,
                elem_id="teach-load",
            )
    timer = gr.Timer(1.0, active=False)
    parts = [drawn, said, signs, choice, timer]
    camera.stream(
        teacher.tick,
        [camera, name, of_someone],
        parts,
        stream_every=STREAM_EVERY_S,
        time_limit=None,
        # Room for a late picture beside each visitor's current one: it is dropped at once.
        concurrency_limit=2 * max_sessions,
        concurrency_id="teach",
        **INTERNAL,
    )
    timer.tick(teacher.check_camera, None, parts, concurrency_limit=max_sessions, **INTERNAL)
    waiting: dict[str, Any] = {"api_visibility": "private", "show_progress_on": signs}
    clips.upload(
        teacher.upload,
        [clips, name, of_someone],
        parts,
        concurrency_limit=2,
        concurrency_id="clips",
        **waiting,
    ).then(lambda: None, None, clips, **INTERNAL)
    remove.click(teacher.remove, choice, parts, **INTERNAL)
    kept.upload(teacher.load, kept, parts, **waiting).then(lambda: None, None, kept, **INTERNAL)
