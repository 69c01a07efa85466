"""The page: its tabs, what they hold, and which handler answers which event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from signbridge.capture.sniff import SUFFIXES
from signbridge.pipeline import Engine
from signbridge.settings import Settings
from signbridge.web.about import KEPT_S
from signbridge.web.benchmarks import NOTHING, benchmarks
from signbridge.web.compare import compare_api, compare_tab, leaderboard_tab
from signbridge.web.comparer import Comparer
from signbridge.web.drawn import DrawnSigns
from signbridge.web.examples import Example, find_examples
from signbridge.web.handlers import Handlers, Shown
from signbridge.web.lexicon import Sign, read_signs
from signbridge.web.live_tab import INTERNAL, live_tab
from signbridge.web.service import Service
from signbridge.web.signs import signs_tab
from signbridge.web.sweeping import sweep
from signbridge.web.teach import teach_tab
from signbridge.web.theme import SCRIPT, style, theme
from signbridge.web.uploads import Uploads, choose_folder
from signbridge.web.warmup import EngineSoon

SWEEP_S = 60
"""How often temporary files are looked for that are due to be deleted."""
VIDEO_TYPES = ["video", *sorted(SUFFIXES)]
HEADER = """
<header class="sb-header"><h1>SignBridge</h1>
<p>American Sign Language to English text and speech</p></header>
"""
FIRST_ANSWER = """
<section class="sb-answer"><h3>In English</h3>
<p class="sb-quiet">Choose an example or a video. The sentence appears here.</p></section>
"""


def page(
    handlers: Handlers,
    comparer: Comparer,
    examples: Sequence[Example],
    signs: Sequence[Sign],
    settings: Settings,
) -> gr.Blocks:
    """Return the whole page, its events bound to `handlers` and `comparer`."""
    blocks: gr.Blocks = gr.Blocks(
        title="SignBridge", analytics_enabled=False, delete_cache=(SWEEP_S, KEPT_S - SWEEP_S)
    )
    with blocks:
        gr.HTML(HEADER)
        welcome = gr.HTML(elem_id="welcome")
        asking = gr.Timer(1.0)
        with gr.Tabs(selected="upload", elem_id="tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab("Live", id="live"):
                live_tab(handlers.live, handlers.voices, settings)
            with gr.Tab("Upload", id="upload"):
                _upload(handlers, examples)
            with gr.Tab("Make it yours", id="teach"):
                teach_tab(handlers.teacher, settings.max_sessions)
            with gr.Tab("Compare", id="compare"):
                bind_votes = compare_tab(comparer, examples)
            with gr.Tab("Leaderboard", id="leaderboard") as tab:
                bind_votes(leaderboard_tab(comparer, tab, blocks))
            with gr.Tab("Signs", id="signs"):
                signs_tab(signs, DrawnSigns.shipped(), tabs)
            with gr.Tab("Benchmarks", id="benchmarks"):
                _benchmarks()
            with gr.Tab("About", id="about"):
                about = gr.HTML(handlers.about())
        asking.tick(handlers.welcome, None, [welcome, asking], **INTERNAL)
        blocks.load(handlers.welcome, None, [welcome, asking], **INTERNAL)
        blocks.load(handlers.about, None, about, **INTERNAL)
        blocks.unload(handlers.live.leave)
        blocks.unload(handlers.teacher.leave)
        _api(handlers)
        compare_api(comparer, handlers.uploads)
    return blocks


def _upload(handlers: Handlers, examples: Sequence[Example]) -> None:
    with gr.Row(elem_classes="sb-columns"):
        with gr.Column(scale=4, min_width=300):
            cards = _cards(examples)
            gr.HTML(f'<h2 class="sb-step">{"Or use" if examples else "Use"} your own video</h2>')
            clip = gr.File(
                label="Video of one person signing ASL",
                file_types=VIDEO_TYPES,
                height=180,
                elem_id="clip",
            )
        with gr.Column(scale=7, min_width=320, elem_id="result"):
            answer = gr.HTML(FIRST_ANSWER, elem_id="answer")
            annotated = gr.Video(
                label="Clip with landmarks",
                interactive=False,
                autoplay=True,
                elem_id="annotated",
                buttons=["download"],
            )
            details = gr.HTML(elem_id="details")
    shown = [annotated, answer, details]
    options: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress_on": answer,
        "concurrency_limit": 2,
        "concurrency_id": "clips",
    }

    def show_upload(
        path: str | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Shown]:
        yield from handlers.follow_clip(path, progress, visitor=str(request.session_hash))

    clip.upload(show_upload, clip, shown, **options)
    for card, example in zip(cards, examples, strict=True):
        card.click(_shower(handlers, example), None, shown, **options)


def _benchmarks() -> None:
    reports = benchmarks()
    if not reports:
        gr.Markdown(NOTHING)
    for number, report in enumerate(reports):
        with gr.Accordion(report.title, open=number == 0):
            gr.Markdown(report.page, elem_classes="sb-report")


def _cards(examples: Sequence[Example]) -> list[gr.Button]:
    if not examples:
        return []
    gr.HTML('<h2 class="sb-step">Choose an example</h2>')
    with gr.Row(elem_id="examples"):
        return [
            gr.Button(example.says, elem_id=f"example-{number}", elem_classes="sb-card")
            for number, example in enumerate(examples)
        ]


def _shower(handlers: Handlers, example: Example) -> Callable[..., Iterator[Shown]]:
    def show_example(progress: gr.Progress = gr.Progress()) -> Iterator[Shown]:  # noqa: B008
        yield from handlers.follow_clip(str(example.path), progress, example.says)

    return show_example


def _api(handlers: Handlers) -> None:
    """Offer the translation of a clip to programs: `gradio_client`, and MCP as a tool."""

    def translate_asl_clip(
        clip: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[dict[str, object], tuple[int, NDArray[np.int16]] | None]:
        """Translate a video of one person signing American Sign Language into English.

        Names the signs it recognizes, writes an English sentence from them and speaks it. It knows
        single signs out of a limited list and may be wrong: show the scores with the sentence. Not
        for medical, legal or emergency use. The result's "text" is the sentence, empty when nothing
        was recognized; "segments" are the stretches of signing with start_s, end_s, recognizer,
        abstained and guesses (gloss and score, best first); "notices" say what went wrong;
        "timings_s", "frames" and "fps" say what it took.

        Args:
            clip: Video (mp4, mov, webm, avi, gif) of one signer, head to waist, facing the camera.

        Returns:
            the translation as JSON, and the spoken sentence as a WAV file, null without a sentence
        """
        return handlers.translate_clip(clip, progress)

    source = gr.File(visible=False, file_types=VIDEO_TYPES, label="clip")
    result = gr.JSON(visible=False, label="translation")
    speech = gr.Audio(visible=False, label="speech")
    gr.Button(visible=False).click(
        translate_asl_clip,
        source,
        [result, speech],
        api_name="translate_asl_clip",
        concurrency_limit=2,
        concurrency_id="clips",
    )


def launch(settings: Settings, build: Callable[[], Engine], *, wait: bool = True) -> gr.Blocks:
    """Serve the page; the engine is built meanwhile. `wait`: until the server is stopped."""
    choose_folder()
    uploads = Uploads()
    soon = EngineSoon(build).start()
    handlers, comparer = Handlers(soon, settings, uploads), Comparer(soon, settings)
    visitors, sounds = handlers.live.visitors, handlers.live.sounds.route
    service = Service(soon, visitors, settings, uploads, sounds)
    handlers.live.visitors.sweep()
    sweep("uploads-sweep", SWEEP_S, uploads.sweep)
    handlers.teacher.sweep()
    examples = find_examples()
    signs = read_signs(settings.landmark_model)
    blocks = page(handlers, comparer, examples, signs, settings)
    blocks.queue(max_size=settings.max_waiting)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=not wait,
        theme=theme(),
        css=style(examples),
        js=SCRIPT,
        # Its calls come from the server itself, which has no password.
        mcp_server=settings.login == "none",
        ssr_mode=False,
        max_file_size=int(settings.max_clip_mb * 1_000_000),
        footer_links=["api"],
        app_kwargs=service.app_kwargs(),
        quiet=not wait,
    )
    return blocks
