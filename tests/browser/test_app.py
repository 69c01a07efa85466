"""What a visitor does and gets, in a real browser with the real models."""

from __future__ import annotations

import base64
import io
import wave

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ANSWER = "#answer .sb-sentence"


def choose(page, words: str) -> str:
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_selector(ANSWER)
    return page.inner_text(ANSWER)


def samples_of(page, selector: str) -> np.ndarray:
    source = page.get_attribute(selector, "src")
    with wave.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_one_click_on_an_example_gives_its_sentence_and_sound(open_page):
    page = open_page()
    text = choose(page, "Hello.")
    assert text.rstrip(".!") == "Hello"
    samples = samples_of(page, "#answer audio")
    assert np.sqrt(np.mean((samples / 32768.0) ** 2)) > 0.01
    page.get_by_role("rowheader", name="HELLO").wait_for()
    page.wait_for_function("document.querySelector('#annotated video')?.duration > 0.5")


def test_a_sign_on_the_timeline_plays_the_clip_from_there(open_page):
    page = open_page()
    choose(page, "Hello.")
    page.wait_for_function("document.querySelector('#annotated video')?.readyState >= 2")
    page.evaluate("document.querySelector('#annotated video').pause()")
    sign = page.locator(".sb-seek").first
    start_s = float(sign.get_attribute("data-at"))
    sign.click()
    page.wait_for_function(
        "at => document.querySelector('#annotated video').currentTime >= at", arg=start_s
    )


def test_an_uploaded_clip_is_translated(open_page):
    from signbridge.web.examples import FOLDER

    page = open_page()
    page.set_input_files("#clip input[type=file]", str(FOLDER / "hello.mp4"))
    page.wait_for_selector(ANSWER)
    assert page.inner_text(ANSWER).rstrip(".!") == "Hello"
    for kind in ("srt", "json"):
        page.locator(f"a[download='hello.{kind}']").wait_for(state="attached")


def test_a_file_that_is_no_video_gets_one_plain_line(open_page, tmp_path):
    fake = tmp_path / "notes.mp4"
    fake.write_text("not a video")
    page = open_page()
    page.set_input_files("#clip input[type=file]", str(fake))
    message = page.locator("[data-testid=toast-body]")
    message.wait_for()
    assert "notes.mp4" in message.inner_text()
    assert "Traceback" not in message.inner_text()


def find_sign(page, typed: str, word: str) -> None:
    page.get_by_role("tab", name="Signs").click()
    page.get_by_label("Find a sign").fill(typed)
    page.get_by_role("option", name=word, exact=True).click()
    page.wait_for_selector(f"#sign-card .sb-sentence:text-is('{word}')")


def test_a_sign_is_found_and_drawn_mirrored_and_tried(open_page):
    page = open_page()
    find_sign(page, "Famil", "family")
    assert page.locator("#signs .sb-word:visible").count() == 1
    drawn = "document.querySelector('#sign-video video')"
    page.wait_for_function(f"{drawn}?.duration > 0.5")
    page.get_by_label("Left-handed").check()
    page.wait_for_function(f"getComputedStyle({drawn}).transform === 'matrix(-1, 0, 0, 1, 0, 0)'")
    page.get_by_role("button", name="Try it in Live").click()
    page.locator("#camera").wait_for()


def test_the_keyboard_alone_finds_a_sign(open_page):
    page = open_page()
    page.get_by_role("tab", name="Signs").click()
    page.get_by_label("Find a sign").fill("mom")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.dataset.gloss === 'MOTHER'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sign-card h3:text-is('MOTHER')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, scheme):
    page = open_page(390, scheme)
    choose(page, "Hello.")
    find_sign(page, "family", "family")
    for tab in (
        "Upload",
        "Make it yours",
        "Compare",
        "Leaderboard",
        "Signs",
        "Benchmarks",
        "About",
        "Live",
    ):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_alone_reaches_an_example_and_its_answer(open_page):
    page = open_page()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == "Hello.":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(ANSWER)


def test_the_page_contacts_no_other_host(open_page, address):
    page = open_page()
    choose(page, "Hello.")
    page.get_by_role("tab", name="About").click()
    elsewhere = [url for url in page.asked_for if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []


def test_every_control_has_a_name_for_a_screen_reader(open_page):
    page = open_page()
    choose(page, "Hello.")
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, audio, a")]
        .filter((e) => e.offsetParent && !(e.innerText.trim() || e.ariaLabel || e.title
            || e.labels?.length || e.querySelector("[title]")))
        .map((e) => e.outerHTML.slice(0, 160))""")
    assert nameless == []
