"""How the page looks: system fonts, large text, strong contrast, in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from signbridge.web.examples import Example, poster
from signbridge.web.media import address

STYLE = Path(__file__).with_name("style.css")
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme; its fonts are the visitor's own, so nothing is fetched."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_lg,
        font=SYSTEM_FONTS,
        font_mono=MONO_FONTS,
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
    )


def style(examples: Sequence[Example]) -> str:
    """Return the page's CSS, with a picture for each example's card."""
    pictures = (address(poster(example.path), "image/jpeg") for example in examples)
    posters = (
        f"#examples #example-{number}::before {{ background-image: url({picture}) }}\n"
        for number, picture in enumerate(pictures)
    )
    return STYLE.read_text(encoding="utf-8") + "".join(posters)


# Sign buttons play the annotated clip from where the sign begins; on a phone, where the answer is
# below the examples, choosing one scrolls to it.
SCRIPT = """
() => document.addEventListener("click", (event) => {
  if (event.target.closest(".sb-card") && window.innerWidth < 768)
    document.querySelector("#result").scrollIntoView({ behavior: "smooth" });
  const sign = event.target.closest(".sb-seek");
  const clip = sign?.closest("#comparison") ? "#compare-clip" : "#annotated";
  const video = document.querySelector(clip + " video");
  if (!sign || !video) return;
  video.currentTime = Number(sign.dataset.at);
  video.play();
})
"""

# Only what is shown is mirrored: pictures are sent as the camera sees them.
MIRROR = """
(on) => { document.querySelector("#stage").classList.toggle("sb-mirrored", on); }
"""
