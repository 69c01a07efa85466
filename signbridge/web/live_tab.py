"""The Live tab: the camera, what was signed, the panel that corrects it, and a settings drawer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from signbridge.settings import Settings
from signbridge.web import live_html
from signbridge.web.camera import camera_stage
from signbridge.web.live_handlers import BEAT_S, ONE_WORD, PAUSE, LiveHandlers, LiveParts, Panel
from signbridge.web.theme import MIRROR
from signbridge.web.voices import NOTES, SILENT, Voices

STREAM_EVERY_S = 0.1
SLOWEST, FASTEST = 0.5, 2.0
"""Times a voice's own pace."""
SCRIPT = Path(__file__).with_name("live.js")
PLAYER = Path(__file__).with_name("sound.js")
HANDS = (("Found by itself", "found"), ("Right", "right"), ("Left", "left"))
# Internal events can't be called from outside, and show no progress bar unless they say so.
INTERNAL: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# The keyboard goes on where the panel has opened, and the panel is in sight on a phone. On a slow
# line its parts come late and in any order; a guess takes the keyboard from an empty text alone.
FOCUS = """
() => {
  let looks = 100;
  let given = null;
  const look = () => {
    const panel = document.querySelector("#correct");
    const fields = [...(panel?.querySelectorAll("input, textarea") ?? [])];
    const first = fields.find((field) => field.offsetParent);
    const free = !given || (document.activeElement === given && !given.value);
    if (first && first !== given && free) {
      panel.scrollIntoView({ behavior: "smooth", block: "nearest" });
      first.focus({ preventScroll: true });
      given = first;
    }
    if (given?.type !== "radio" && looks-- > 0) setTimeout(look, 100);
  };
  setTimeout(look, 100);
}
"""


def live_tab(handlers: LiveHandlers, voices: Voices, settings: Settings) -> None:
    """Lay the tab out and bind its events."""
    with gr.Row(elem_classes="sb-columns", elem_id="live-columns"):
        with gr.Column(min_width=300, elem_id="live-camera"):
            line = gr.HTML(live_html.status("off"), elem_id="live-status")
            camera, drawn = camera_stage("stage", "camera", "overlay")
            with gr.Row():
                pause = gr.Button(PAUSE, size="md", min_width=120, elem_id="live-pause")
                clear = gr.Button("Clear", size="md", min_width=120, elem_id="live-clear")
        with gr.Column(min_width=300, elem_id="live-words"):
            with gr.Column(elem_classes="sb-answer", elem_id="live-answer"):
                sentences = _tappable(live_html.transcript(()), "live-sentences")
                sound = gr.HTML("", elem_id="live-sound", js_on_load=PLAYER.read_text("utf-8"))
                running = _tappable(live_html.running(()), "live-running")
                panel = _Panel()
                downloads = gr.HTML("", elem_id="live-downloads")
            signs = gr.HTML(live_html.sign_list(()), elem_id="live-signs")
        with gr.Column(min_width=300, elem_id="live-drawers"):
            with gr.Accordion("Settings", open=False, elem_id="live-settings"):
                mirror = gr.Checkbox(label="Mirror my view", container=False)
                hand = gr.Radio(HANDS, value="found", label="Which hand leads")
                found = gr.HTML(live_html.hand(""), elem_id="live-hand")
                voice, speaks, pace = _voice(handlers, voices, settings)
            with gr.Accordion("Speed of this session", open=False, elem_id="live-speed"):
                speed = gr.HTML(live_html.speed(None))
    beat = gr.Timer(BEAT_S, active=False)
    parts = [drawn, line, running, sentences, sound, downloads, signs, beat]
    camera.stream(
        handlers.tick,
        [camera, hand, voice, speaks, pace, pause],
        parts,
        stream_every=STREAM_EVERY_S,
        time_limit=None,
        # Room for a late picture beside each visitor's current one: it is answered at once.
        concurrency_limit=2 * settings.max_sessions,
        concurrency_id="live",
        **INTERNAL,
    )
    beat.tick(
        handlers.beat,
        None,
        [*parts, speed, found],
        concurrency_limit=settings.max_sessions,
        **INTERNAL,
    )
    # One visitor's slow correction or voice holds up nobody else's.
    own: dict[str, Any] = {**INTERNAL, "concurrency_limit": settings.max_sessions}
    pause.click(handlers.pause, pause, [*parts, pause], **own)
    clear.click(handlers.clear, None, [*parts, *panel.parts], **own)
    mirror.change(None, mirror, None, js=MIRROR, **INTERNAL)
    panel.bind(handlers, (sentences, running), parts, own)
    _bind_speaking(handlers, sentences, parts, own)


class _Panel:
    """What a sign was: one of the next guesses, a typed word, or nothing."""

    def __init__(self) -> None:
        self._key = gr.State("")
        with gr.Column(visible=False, elem_id="correct") as self._group:
            self._heading = gr.HTML("")
            self._guesses = gr.Radio([], label="One of the next guesses")
            with gr.Row():
                label, longest = ONE_WORD
                self._text = gr.Textbox(label=label, max_length=longest)
                self._use = gr.Button("Use it", size="md", min_width=90, scale=0)
            with gr.Row():
                self._delete = gr.Button("Delete", size="md", variant="stop", min_width=110)
                self._keep = gr.Button("Keep it", size="md", min_width=110)
        self.parts = [self._group, self._heading, self._guesses, self._text, self._key]

    def bind(
        self,
        handlers: LiveHandlers,
        sources: tuple[gr.HTML, ...],
        parts: list[Any],
        own: dict[str, Any],
    ) -> None:
        """Open at a tap on a word of `sources`; each choice closes it and changes `parts`.

        own: how each event is served.
        """

        def ask(event: gr.EventData, request: gr.Request) -> Panel:
            return handlers.ask(str(event.key), request)

        def delete(key: str, request: gr.Request) -> tuple[object, ...]:
            return handlers.correct(key, "", request)

        for source in sources:
            source.select(ask, None, self.parts, **own).then(None, js=FOCUS)
        shown = [*parts, *self.parts]
        self._guesses.input(handlers.correct, [self._key, self._guesses], shown, **own)
        for typed in (self._use.click, self._text.submit):
            typed(handlers.spell, [self._key, self._text], shown, **own)
        self._delete.click(delete, self._key, shown, **own)
        self._keep.click(handlers.dismiss, None, self.parts, **own)


def _voice(
    handlers: LiveHandlers, voices: Voices, settings: Settings
) -> tuple[gr.Dropdown, gr.Checkbox, gr.Slider]:
    choices = [("No voice" if name == SILENT else name, name) for name in voices.names]
    voice = gr.Dropdown(
        choices,
        value=settings.speaker,
        label="Who speaks",
        info="; ".join(f"{name}: {NOTES[name]}" for name in voices.names if name in NOTES) or None,
        elem_id="live-voice",
    )
    speaks = gr.Checkbox(value=True, label="Speak each sentence by itself", container=False)
    own = settings.speech_speed
    pace = gr.Slider(
        min(SLOWEST, own), max(FASTEST, own), own, step=0.1, label="Speed of the voice",
        elem_id="live-pace",
    )  # fmt: skip
    hear = gr.Button("Hear each voice", size="md", elem_id="live-hear")
    heard = gr.HTML("", elem_id="live-voices")
    hear.click(
        handlers.hear_voices,
        pace,
        heard,
        api_visibility="private",
        show_progress_on=heard,
        concurrency_limit=1,  # the times stand side by side, so one visitor's at a time
    )
    return voice, speaks, pace


def _tappable(html: str, elem_id: str) -> gr.HTML:
    return gr.HTML(html, elem_id=elem_id, js_on_load=SCRIPT.read_text(encoding="utf-8"))


def _bind_speaking(
    handlers: LiveHandlers, sentences: gr.HTML, parts: list[Any], own: dict[str, Any]
) -> None:
    def speak(event: gr.EventData, request: gr.Request) -> LiveParts:
        return handlers.speak(str(event.key), request)

    sentences.click(speak, None, parts, **own)
