"""A visitor teaches a sign in a real browser, and it acts for that visitor alone."""

from __future__ import annotations

import pytest

from signbridge.web.examples import FOLDER

pytestmark = pytest.mark.slow

CLIP = str(FOLDER / "hello.mp4")


def teach(page, name: str, *clips: str) -> None:
    page.get_by_role("tab", name="Make it yours").click()
    page.get_by_label("Which sign do you show?").fill(name)
    page.set_input_files("#teach-clips input[type=file]", list(clips))
    page.wait_for_selector("#teach-signs strong")


def sentence(page) -> str:
    page.get_by_role("tab", name="Upload", exact=True).click()
    page.set_input_files("#clip input[type=file]", CLIP)
    page.wait_for_selector("#answer .sb-sentence")
    return page.inner_text("#answer")


def test_a_taught_sign_acts_in_upload_for_that_visitor_alone(open_page, tmp_path):
    ann = open_page()
    teach(ann, "Sunny coffee", CLIP, CLIP)
    assert "SUNNY-COFFEE" in sentence(ann)
    bob = open_page(390)
    assert "SUNNY-COFFEE" not in sentence(bob)
    ann.get_by_role("tab", name="Make it yours").click()
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Download my signs").click()
    file = tmp_path / "my-signs.npz"
    download.value.save_as(file)
    bob.get_by_role("tab", name="Make it yours").click()
    bob.set_input_files("#teach-load input[type=file]", str(file))
    bob.wait_for_selector("#teach-signs strong:text-is('SUNNY-COFFEE')")
    assert bob.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_sign_that_is_ticked_as_a_name_is_said_as_one(open_page):
    page = open_page()
    page.get_by_role("tab", name="Make it yours").click()
    page.get_by_label("It is the name of a person or a place").check()
    teach(page, "Rose", CLIP, CLIP)
    assert page.inner_text("#teach-signs strong") == "NS-ROSE"
    sentence(page)
    assert page.inner_text("#answer .sb-sentence").strip() == "Rose."


def test_signing_into_the_camera_makes_examples(open_page):
    page = open_page()
    page.get_by_role("tab", name="Make it yours").click()
    page.get_by_label("Which sign do you show?").fill("hello")
    page.locator("#teach-camera [title='grant webcam access'] button").click()
    page.locator("#teach-camera").get_by_role("button", name="capture photo").click()
    page.wait_for_selector("#teach-signs strong:text-is('HELLO')")
    page.wait_for_selector("#teach-overlay .sb-body", state="attached")
