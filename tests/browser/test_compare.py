"""Comparing and voting in a real browser, with the real models and one that is missing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from signbridge import build
from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.ratings import Ballot
from signbridge.settings import Settings
from signbridge.web.examples import FOLDER, find_examples
from signbridge.web.votes import Votes

pytestmark = pytest.mark.slow

MISSING = "missing weights, set SIGNBRIDGE_VIDEO_MODEL"
BETTER = "#vote-buttons button:visible"


@pytest.fixture(scope="module")
def votes_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that keeps the votes."""
    return tmp_path_factory.mktemp("votes") / "votes.db"


@pytest.fixture(scope="module")
def address(votes_path: Path) -> Iterator[str]:
    """Serve the app with a recognizer that lacks its weights beside the two that have them."""
    from signbridge.web.ui import launch
    from signbridge.web.warmup import EngineSoon

    if not find_examples():
        pytest.skip("examples/ is empty: run `python -m signbridge.training.examples`")

    def video(_: Settings) -> None:
        raise BackendUnavailableError(MISSING)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(
        recognizers=("landmark", "spelling"),
        port=port,
        compare_limit_s=600.0,
        votes_path=str(votes_path),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(build.RECOGNIZERS, "video", video)
        patch.setitem(build.LACKS, "video", lambda _: MISSING)
        engine = EngineSoon(lambda: build.build(settings)).start().get()
        blocks = launch(settings, lambda: engine, wait=False)
        yield f"http://127.0.0.1:{settings.port}/"
        blocks.close()


def open_tab(open_page, *where):
    page = open_page(*where)
    page.get_by_role("tab", name="Compare").click()
    page.wait_for_selector("#compare-go")
    return page


def choose_example(page, says: str) -> None:
    page.locator("#compare-example input").click()
    page.get_by_role("option", name=says, exact=True).click()
    page.wait_for_selector("#compare-clip video")


def compare(page) -> list[str]:
    """Press Compare; return what the columns say when all are filled."""
    page.locator("#compare-go").click()
    page.wait_for_selector("#comparison [aria-busy=false]")
    return page.locator(".sb-column .sb-sentence").all_inner_texts()


def ballots(votes_path: Path) -> tuple[Ballot, ...]:
    with closing(Votes(str(votes_path))) as votes:
        return votes.all()


def test_an_example_fills_both_columns_and_a_vote_changes_the_leaderboard(open_page, votes_path):
    page = open_tab(open_page)
    choose_example(page, "Linda.")
    assert compare(page) == ["Linda.", "Linda."]
    assert page.locator(".sb-column h3").all_inner_texts() == ["landmark", "spelling"]
    assert page.locator("#comparison .sb-seek").count() == 2
    assert page.locator("#comparison dt:text-is('BLEU-4')").count() == 2
    page.locator("#comparison th:text-is('landmark and spelling')").wait_for()
    for kind in ("json", "png"):
        page.locator(f"#comparison a[download$='-comparison.{kind}']").wait_for()
    before = ballots(votes_path)
    better = sum(ballot.best == {"spelling"} for ballot in before) + 1
    page.get_by_label("Keep my vote").check()
    page.get_by_role("button", name="spelling is better").click()
    page.wait_for_selector("#vote-told :text('your vote is counted')")
    page.locator(BETTER).first.wait_for(state="hidden")
    assert len(ballots(votes_path)) == len(before) + 1
    page.get_by_role("tab", name="Leaderboard").click()
    row = page.locator("#leaderboard tr:has(th:text-is('spelling'))")
    row.locator(f"td[data-label=Better]:text-is('{better}')").wait_for()


def test_an_uploaded_clip_is_compared_and_a_vote_without_consent_is_not_kept(open_page, votes_path):
    page = open_tab(open_page)
    page.set_input_files("#compare-clip input[type=file]", str(FOLDER / "hello.mp4"))
    page.wait_for_selector("#compare-clip video")
    landmark, spelling = compare(page)
    assert landmark.rstrip(".!") == "Hello"
    assert spelling == "No sentence."
    before = ballots(votes_path)
    page.get_by_role("button", name="landmark is better").click()
    page.wait_for_selector("#vote-told :text('was not kept')")
    assert ballots(votes_path) == before


def test_blind_the_names_are_hidden_until_the_vote(open_page):
    page = open_tab(open_page)
    choose_example(page, "Hello.")
    page.get_by_label("Blind").check()
    assert sorted(compare(page))[1] == "No sentence."
    headings = page.locator(".sb-column h3")
    assert headings.all_inner_texts() == ["Recognizer A", "Recognizer B"]
    shown = page.inner_text("#comparison")
    assert not [told for told in ("spelling", "Revision", "Download") if told in shown]
    page.get_by_role("button", name="None is good").click()
    page.wait_for_selector("#comparison a[download$='.json']")
    assert sorted(headings.all_inner_texts())[0] in ("landmark (A)", "landmark (B)")


def test_a_missing_model_shows_its_reason_in_the_list_and_in_its_column(open_page):
    page = open_tab(open_page)
    choose_example(page, "Hello.")
    page.get_by_label(f"video: {MISSING}").check()
    page.get_by_label("spelling").uncheck()
    assert compare(page)[0].rstrip(".!") == "Hello"
    column = page.locator(".sb-column:has(h3:text-is('video'))")
    assert MISSING in column.inner_text()
    assert page.locator(BETTER).count() == 0


def test_a_sign_on_the_timeline_plays_the_compared_clip_from_there(open_page):
    page = open_tab(open_page)
    choose_example(page, "Hello.")
    compare(page)
    sign = page.locator("#comparison .sb-seek").first
    sign.click()
    page.wait_for_function(
        "at => document.querySelector('#compare-clip video').currentTime >= at",
        arg=float(sign.get_attribute("data-at")),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_comparison_is_no_wider_than_the_screen(open_page, scheme):
    page = open_tab(open_page, 390, scheme)
    choose_example(page, "I am tired now.")
    assert compare(page)[0] == "I am tired now."
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Keep my vote").check()
    page.locator(BETTER).first.click()
    page.wait_for_selector("#vote-told p")
    page.get_by_role("tab", name="Leaderboard").click()
    page.wait_for_selector("#leaderboard table")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_comparing_contacts_no_other_host_and_every_control_has_a_name(open_page, address):
    page = open_tab(open_page)
    choose_example(page, "Hello.")
    compare(page)
    elsewhere = [url for url in page.asked_for if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, audio, a")]
        .filter((e) => e.offsetParent && !(e.innerText.trim() || e.ariaLabel || e.title
            || e.labels?.length || e.querySelector("[title]") || e.closest("[title]")))
        .map((e) => e.outerHTML.slice(0, 160))""")
    assert nameless == []
