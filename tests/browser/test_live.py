"""Signing into the camera, in a real browser with the real models."""

from __future__ import annotations

import base64
import io
import math
import threading
import time
import wave
from collections.abc import Callable
from urllib.parse import unquote

import numpy as np
import pytest

from signbridge.settings import Settings
from signbridge.web.chromium import WAIT_MS, filmed
from signbridge.web.sessions import SWEEP_EVERY_S

pytestmark = pytest.mark.slow

SAID = "#live-sentences .sb-said"
CHIP = "#live-sentences .sb-chip"
SOUND = "#live-sound audio"
STEPS = """
(steps) => {
  window.toCome = steps;
  new MutationObserver(() => {
    while (toCome.length && document.querySelector(toCome[0])) toCome.shift();
  }).observe(document, { childList: true, subtree: true });
}
"""
BYTES = """
async (from) => {
  const bytes = new Uint8Array(await (await fetch(from)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""


def record(page) -> None:
    page.get_by_role("tab", name="Live").click()
    page.locator("#camera [title='grant webcam access'] button").click()
    page.get_by_role("button", name="capture photo").click()
    page.wait_for_selector(".sb-overlay .sb-body", state="attached")


def samples_of(page, which: str = SOUND) -> np.ndarray:
    # A sound that is still being made has no `src` before it is whole.
    source = page.wait_for_function("(which) => document.querySelector(which)?.src", arg=which)
    data = page.evaluate(BYTES, source.json_value())
    with wave.open(io.BytesIO(base64.b64decode(data))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def wait_for_status(page, *states: str) -> None:
    selector = ", ".join(f"#live-status .sb-{state}" for state in states)
    page.wait_for_selector(selector)


def until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_MS / 1000
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.1)


def pause(page, served) -> None:
    """Pause, and wait until all that was signed before has been said."""
    page.locator("#live-pause").press("Enter")
    page.wait_for_selector("#live-pause:text-is('Resume')")
    until(lambda: not any(place.session.late for place in list(served.visitors._places.values())))


def test_signing_into_the_camera_makes_the_gloss_and_the_sentence_appear(open_page):
    page = open_page()
    record(page)
    page.wait_for_selector("#live-signs strong:text-is('HELLO')")
    page.wait_for_selector(f"{SAID}:has-text('Hello')")
    assert np.abs(samples_of(page)).max() > 1000


def test_the_overlay_lies_exactly_over_the_camera_picture(open_page):
    page = open_page()
    record(page)
    page.wait_for_function("""() => {
      const [video, drawn] = ["#camera video", ".sb-overlay"]
        .map((which) => document.querySelector(which)?.getBoundingClientRect());
      return ["x", "y", "width", "height"]
        .every((side) => Math.abs(video?.[side] - drawn?.[side]) <= 2);
    }""")


def test_a_sign_is_guessed_in_grey_while_it_goes_on_and_is_a_word_once_it_has_ended(
    open_page, tmp_path
):
    page = open_page(camera=filmed("family-tired", tmp_path, slower=2))
    steps = ["#live-running .sb-maybe", "#live-running .sb-chip", "#live-status .sb-thinking"]
    page.evaluate(STEPS, steps)  # each may be there for a moment alone
    record(page)
    page.wait_for_function("!window.toCome.length")


@pytest.mark.parametrize("width_px", [1280, 390])
def test_a_whole_sentence_is_said_corrected_spoken_again_and_downloaded(
    open_page, served, tmp_path, width_px
):
    page = open_page(width_px, camera=filmed("family-tired", tmp_path, slower=2))
    record(page)
    page.wait_for_selector(SAID)
    page.wait_for_selector(f"{SOUND}:is([autoplay], [data-stream])", state="attached")
    assert np.abs(samples_of(page)).max() > 1000
    pause(page, served)
    wait_for_status(page, "paused", "speaking")
    before = page.locator(SAID).first.inner_text()
    # One tap opens the panel, one more chooses what it was.
    page.locator(CHIP).first.click()
    page.wait_for_selector("#correct .sb-asked")
    guess = page.locator("#correct label:has(input[type=radio])").first
    name = guess.inner_text().strip()
    guess.click()
    page.wait_for_selector(f"{CHIP}.sb-chosen:text-is('{name}')")
    assert page.locator(SAID).first.inner_text() != before
    page.locator("#correct").wait_for(state="hidden")
    # A typed name is spelled.
    page.locator(f"{CHIP}.sb-chosen").first.click()
    page.get_by_label("Or type it").fill("Linda")
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(f"{SAID}:has-text('Linda')")
    page.locator("#live-sentences .sb-say").first.click()
    assert np.abs(samples_of(page, f"{SOUND}[aria-label*='Linda']")).max() > 1000
    page.wait_for_selector("#live-downloads a[href*='Linda']", state="attached")
    links = {
        link.get_attribute("download"): unquote(link.get_attribute("href"))
        for link in page.locator("#live-downloads a").all()
    }
    assert "Linda" in links["signbridge.txt"]
    assert " --> " in links["signbridge.srt"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_a_pause_stops_looking_and_clear_empties_the_page(open_page, served):
    page = open_page()
    record(page)
    page.wait_for_selector(SAID)
    pause(page, served)
    wait_for_status(page, "paused")
    page.locator("#live-camera .sb-overlay").wait_for(state="detached")
    page.locator("#live-clear").click()
    page.wait_for_selector(SAID, state="detached")
    page.locator("#live-pause").click()
    page.wait_for_selector(".sb-overlay .sb-body", state="attached")


def test_settings_and_speed_are_in_drawers_and_the_camera_can_be_mirrored(open_page):
    page = open_page()
    record(page)
    assert not page.get_by_label("Mirror my view").is_visible()
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Mirror my view").check()
    video = "document.querySelector('#camera video')"
    page.wait_for_function(f"getComputedStyle({video}).transform === 'matrix(-1, 0, 0, 1, 0, 0)'")
    page.get_by_role("button", name="Speed of this session").click()
    page.wait_for_selector("#live-speed tr:has-text('Landmarks')")
    page.wait_for_selector("#live-speed :text('pictures a second looked at')")


def test_the_keyboard_alone_corrects_a_sign(open_page, served):
    page = open_page()
    record(page)
    page.wait_for_selector(CHIP)
    pause(page, served)
    wait_for_status(page, "paused", "speaking")
    page.locator(CHIP).first.press("Enter")
    page.wait_for_function("document.activeElement.closest('#correct [type=radio]') !== null")
    page.keyboard.press("Space")
    page.wait_for_selector(f"{CHIP}.sb-chosen")


@pytest.mark.parametrize("end", ["closed tab", "lost connection"])
def test_who_has_gone_is_freed_within_ten_seconds(open_page, served, monkeypatch, end):
    page = open_page()
    record(page)
    until(lambda: len(served.visitors) == 1)
    if end == "closed tab":
        monkeypatch.setattr(served.visitors, "_idle_s", math.inf)  # it is told that they left
        page.close()
    else:
        idle_s = Settings().session_idle_s
        assert idle_s + SWEEP_EVERY_S < 10
        monkeypatch.setattr(served.visitors, "_idle_s", idle_s)
        page.context.set_offline(True)
    until(lambda: not len(served.visitors) and not live_threads())


def live_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("live_")]


def test_every_control_of_the_live_tab_has_a_name_for_a_screen_reader(open_page, served):
    page = open_page()
    record(page)
    page.wait_for_selector(CHIP)
    page.get_by_role("button", name="Settings").click()
    pause(page, served)
    page.locator(CHIP).first.click()
    page.wait_for_selector("#correct .sb-asked")
    page.locator("#correct textarea, #correct input[type=text]").wait_for()
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, audio, a")]
        .filter((e) => e.offsetParent && !(e.innerText.trim() || e.ariaLabel || e.title
            || e.labels?.length || e.querySelector("[title]") || e.closest("[title]")))
        .map((e) => e.outerHTML.slice(0, 160))""")
    assert nameless == []
