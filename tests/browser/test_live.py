"""Signing into the camera, in a real browser with the real models."""

from __future__ import annotations

import base64
import io
import threading
import time
import wave
from urllib.parse import unquote

import numpy as np
import pytest

from signbridge.web.chromium import filmed

pytestmark = pytest.mark.slow

WAIT_MS = 150_000
"""A machine that runs other things beside a test looks at two pictures a second, not at ten."""
SAID = "#live-sentences .sb-said"
CHIP = "#live-sentences .sb-chip"


def record(page) -> None:
    page.set_default_timeout(WAIT_MS)
    page.get_by_role("tab", name="Live").click()
    page.locator("#camera [title='grant webcam access'] button").click()
    page.get_by_role("button", name="capture photo").click()
    page.wait_for_selector(".sb-overlay .sb-body", state="attached")


def samples_of(page) -> np.ndarray:
    source = page.get_attribute("#live-sound audio", "src")
    with wave.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def wait_for_status(page, *states: str) -> None:
    selector = ", ".join(f"#live-status .sb-{state}" for state in states)
    page.wait_for_selector(selector, timeout=WAIT_MS)


def test_signing_into_the_camera_makes_the_gloss_and_the_sentence_appear(open_page):
    page = open_page()
    record(page)
    page.wait_for_selector("#live-signs strong:text-is('HELLO')", timeout=WAIT_MS)
    page.wait_for_selector(f"{SAID}:has-text('Hello')", timeout=WAIT_MS)
    page.wait_for_selector("#live-sound audio", state="attached")
    assert np.abs(samples_of(page)).max() > 1000


def test_the_overlay_lies_exactly_over_the_camera_picture(open_page):
    page = open_page()
    record(page)
    boxes = [page.locator(which).bounding_box() for which in ("#camera video", ".sb-overlay")]
    for side in ("x", "y", "width", "height"):
        assert boxes[0][side] == pytest.approx(boxes[1][side], abs=2)


def test_a_sign_is_guessed_in_grey_while_it_goes_on_and_is_a_word_once_it_has_ended(
    open_page, tmp_path
):
    page = open_page(camera=filmed("family-tired", tmp_path))
    record(page)
    page.wait_for_selector("#live-running .sb-maybe", timeout=WAIT_MS)
    page.wait_for_selector("#live-running .sb-chip", timeout=WAIT_MS)
    wait_for_status(page, "thinking")


@pytest.mark.parametrize("width_px", [1280, 390])
def test_a_whole_sentence_is_said_corrected_spoken_again_and_downloaded(
    open_page, tmp_path, width_px
):
    page = open_page(width_px, camera=filmed("family-tired", tmp_path))
    record(page)
    page.wait_for_selector(SAID, timeout=WAIT_MS)
    page.wait_for_selector("#live-sound audio[autoplay]", state="attached")
    assert np.abs(samples_of(page)).max() > 1000
    page.locator("#live-pause").click()
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
    assert not page.locator("#correct").is_visible()
    # A typed name is spelled.
    page.locator(f"{CHIP}.sb-chosen").first.click()
    page.get_by_label("Or type it").fill("Linda")
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(f"{SAID}:has-text('Linda')")
    page.locator("#live-sentences .sb-say").first.click()
    page.wait_for_selector("#live-sound audio[aria-label*='Linda']", state="attached")
    assert np.abs(samples_of(page)).max() > 1000
    links = {
        link.get_attribute("download"): unquote(link.get_attribute("href"))
        for link in page.locator("#live-downloads a").all()
    }
    assert "Linda" in links["signbridge.txt"]
    assert " --> " in links["signbridge.srt"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_a_pause_stops_looking_and_clear_empties_the_page(open_page):
    page = open_page()
    record(page)
    page.wait_for_selector(SAID, timeout=WAIT_MS)
    page.locator("#live-pause").click()
    page.wait_for_selector("#live-pause:text-is('Resume')")
    wait_for_status(page, "paused")
    assert page.locator(".sb-overlay").count() == 0
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


def test_the_keyboard_alone_corrects_a_sign(open_page):
    page = open_page()
    record(page)
    page.wait_for_selector(CHIP, timeout=WAIT_MS)
    page.locator("#live-pause").press("Enter")
    wait_for_status(page, "paused", "speaking")
    page.locator(CHIP).first.press("Enter")
    page.wait_for_function("document.activeElement.closest('#correct') !== null")
    page.keyboard.press("Space")
    page.wait_for_selector(f"{CHIP}.sb-chosen")


@pytest.mark.parametrize("end", ["closed tab", "lost connection"])
def test_who_has_gone_is_freed_within_ten_seconds(open_page, served, end):
    page = open_page()
    record(page)
    assert len(served.visitors) == 1
    gone_s = time.monotonic()
    if end == "closed tab":
        page.close()
    else:
        page.context.set_offline(True)
    while time.monotonic() - gone_s < 20 and (len(served.visitors) or live_threads()):
        time.sleep(0.1)
    assert time.monotonic() - gone_s < 10
    assert not live_threads()


def live_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("live_")]


def test_every_control_of_the_live_tab_has_a_name_for_a_screen_reader(open_page):
    page = open_page()
    record(page)
    page.wait_for_selector(CHIP, timeout=WAIT_MS)
    page.get_by_role("button", name="Settings").click()
    page.locator("#live-pause").click()
    page.locator(CHIP).first.click()
    page.wait_for_selector("#correct .sb-asked")
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, audio, a")]
        .filter((e) => e.offsetParent && !(e.innerText.trim() || e.ariaLabel || e.title
            || e.labels?.length || e.querySelector("[title]") || e.closest("[title]")))
        .map((e) => e.outerHTML.slice(0, 160))""")
    assert nameless == []
