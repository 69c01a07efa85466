"""The keyboard goes to the panel that corrects a sign, however late the panel's parts come."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from signbridge.web.chromium import WAIT_MS, chromium
from signbridge.web.live_tab import FOCUS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]

TEXT, GUESS = '<input id="text">', '<input type="radio" id="guess">'
LATER = """
(parts) => parts.forEach((part, number) => setTimeout(() => {
  document.querySelector("#correct").insertAdjacentHTML("afterbegin", part);
  window.come = number + 1;
}, 500 * (number + 1)))
"""


@pytest.fixture(scope="module")
def page() -> Iterator[object]:
    """Return a blank page."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(WAIT_MS)
        yield page


def opens(page, *parts: str) -> None:
    """Open a panel whose parts come half a second after one another, each above the last."""
    page.set_content('<section id="correct"></section>')
    page.evaluate(f"(parts) => {{ ({FOCUS})(); ({LATER})(parts); }}", list(parts))


@pytest.mark.parametrize("parts", [(GUESS,), (TEXT, GUESS)])
def test_a_guess_has_the_keyboard_though_it_comes_late(page, parts):
    opens(page, *parts)
    page.wait_for_selector("#guess:focus")


def test_without_guesses_the_text_has_the_keyboard(page):
    opens(page, TEXT)
    page.wait_for_selector("#text:focus")


def test_who_has_begun_to_type_keeps_the_keyboard(page):
    opens(page, '<input id="text" value="Lin">', GUESS)
    page.wait_for_function("window.come === 2")
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.id") == "text"
