"""The Compare and Leaderboard tabs: columns that fill, votes that count, names that hide."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest

from signbridge import build
from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.settings import Settings
from signbridge.web.compare import _Events
from signbridge.web.comparer import ALL, NONE, Comparer, Shown
from signbridge.web.examples import Example
from signbridge.web.warmup import EngineSoon
from tests import fakes
from tests.web.clips import write_clip

MISSING = "missing weights, set SIGNBRIDGE_VIDEO_MODEL"


def ignore(done: float, what: str) -> None:
    pass


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Offer a spelling recognizer that starts and a video recognizer that can't."""
    begun: list[str] = []

    def spelling(_: Settings) -> fakes.FakeRecognizer:
        begun.append("spelling")
        return fakes.FakeRecognizer(("FS-ANN",), name="spelling")

    def video(_: Settings) -> fakes.FakeRecognizer:
        begun.append("video")
        raise BackendUnavailableError(MISSING)

    monkeypatch.setattr(build, "RECOGNIZERS", {"spelling": spelling, "video": video})
    monkeypatch.setattr(build, "LACKS", {})
    return begun


@pytest.fixture
def comparer(begun: list[str]) -> Comparer:
    return comparer_of()


def comparer_of(
    settings: Settings | None = None, shuffle: Callable[[list[str]], None] = list.reverse
) -> Comparer:
    soon = EngineSoon(fakes.engine)
    soon.start().get()
    return Comparer(soon, settings or Settings(), shuffle)


def compared(comparer: Comparer, clip: Path, *names: str, blind: bool = False) -> Shown:
    *_, shown = comparer.compare(clip, names or ("landmark", "spelling"), blind, "", ignore)
    return shown


def headings(page: str) -> list[str]:
    return re.findall(r'<article class="sb-column[^"]*"><h3>([^<]+)', page)


def test_columns_fill_one_by_one(comparer: Comparer, clip: Path) -> None:
    steps = list(comparer.compare(clip, ["landmark", "spelling"], False, "", ignore))
    assert [step.html.count("Working …") for step in steps] == [2, 1, 0]
    assert headings(steps[-1].html) == ["landmark", "spelling"]
    assert [step.candidates for step in steps[:-1]] == [(), ()]
    assert steps[-1].candidates == ("landmark", "spelling")


def test_progress_reaches_gradio_s_own_bar_which_is_falsy(
    comparer: Comparer, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    monkeypatch.setattr(gr.Progress, "__call__", lambda _, done, what: told.append(done))
    list(comparer.compare(clip, ["landmark"], False, "", gr.Progress()))
    assert len(told) == 30
    assert told == sorted(told)


def test_a_recognizer_is_started_when_it_is_first_compared_and_once(
    comparer: Comparer, clip: Path, begun: list[str]
) -> None:
    assert comparer.choices() == [("landmark",) * 2, ("spelling",) * 2, ("video",) * 2]
    assert begun == []
    for _ in range(2):
        compared(comparer, clip)
    assert begun == ["spelling"]


def test_one_that_cannot_start_says_why_in_its_column_and_in_the_list(
    comparer: Comparer, clip: Path
) -> None:
    shown = compared(comparer, clip, "landmark", "video")
    assert MISSING in shown.html
    assert "hello." in shown.html
    labels = [label for label, _ in comparer.choices()]
    assert f"video: {MISSING}" in labels
    assert "video" not in comparer.first_choice()


def test_blind_comparison_without_a_vote_opens_by_itself(comparer: Comparer, clip: Path) -> None:
    shown = compared(comparer, clip, "landmark", "video", blind=True)
    assert shown.candidates == ()
    assert MISSING in shown.html
    assert headings(shown.html) == ["video (A)", "landmark (B)"]


def test_blind_columns_are_shuffled_and_named_after_the_vote(
    comparer: Comparer, clip: Path
) -> None:
    shown = compared(comparer, clip, blind=True)
    assert headings(shown.html) == ["Recognizer A", "Recognizer B"]
    assert shown.html.index("FS-ANN") < shown.html.index("HELLO")  # reversed, as told to shuffle
    after, _ = comparer.vote(shown, "0", consent=True)
    assert headings(after.html) == ["spelling (A)", "landmark (B)"]
    assert "download=" in after.html
    (ballot,) = comparer.votes().all()
    assert ballot.best == {"spelling"}
    assert ballot.blind


@pytest.mark.parametrize(
    ("choice", "best"),
    [("0", {"landmark"}), ("1", {"spelling"}), (ALL, {"landmark", "spelling"}), (NONE, set())],
)
def test_a_vote_with_consent_is_counted_as_it_was_meant(
    comparer: Comparer, clip: Path, choice: str, best: set[str]
) -> None:
    after, told = comparer.vote(compared(comparer, clip), choice, consent=True)
    assert told == "Thank you, your vote is counted."
    assert [vote.best for vote in comparer.votes().all()] == [best]
    assert after.candidates == ()
    assert "Votes: 1, 0 blind and 1 with names shown." in comparer.leaderboard()


def test_a_vote_without_consent_shows_the_names_and_is_not_kept(
    comparer: Comparer, clip: Path
) -> None:
    after, told = comparer.vote(compared(comparer, clip, blind=True), "0", consent=False)
    assert "was not kept" in told
    assert headings(after.html) == ["spelling (A)", "landmark (B)"]
    assert comparer.votes().all() == ()
    assert "Nobody has voted yet" in comparer.leaderboard()


def test_a_comparison_is_voted_on_once(comparer: Comparer, clip: Path) -> None:
    shown = compared(comparer, clip)
    after, _ = comparer.vote(shown, "0", consent=True)
    with pytest.raises(BadInputError, match="nothing to vote on"):
        comparer.vote(after, "1", consent=True)
    # As two clicks that the page sent before it had an answer.
    assert comparer.vote(shown, "1", consent=True)[1] == "This vote was counted before."
    assert [vote.best for vote in comparer.votes().all()] == [{"landmark"}]


def test_one_answer_alone_cannot_be_voted_on(comparer: Comparer, clip: Path) -> None:
    assert compared(comparer, clip, "landmark", "video").candidates == ()


def test_the_leaderboard_changes_with_the_votes(comparer: Comparer, clip: Path) -> None:
    for choice in ("1", "1", "0", ALL):
        comparer.vote(compared(comparer, clip), choice, consent=True)
    rows = re.findall(
        r'scope="row">(\w+)</th><td data-label="Rating">(\d+)', comparer.leaderboard()
    )
    # Two wins, one loss and two ties, one of them the prior's: 3 to 2.
    assert rows == [("spelling", "1035"), ("landmark", "965")]


def test_votes_that_cannot_be_kept_are_no_reason_not_to_compare(
    begun: list[str], clip: Path, tmp_path: Path
) -> None:
    comparer = comparer_of(Settings(votes_path=str(tmp_path)))
    shown = compared(comparer, clip)
    assert "hello." in shown.html
    with pytest.raises(BackendUnavailableError, match="SIGNBRIDGE_VOTES_PATH"):
        comparer.vote(shown, "0", consent=True)
    assert "SIGNBRIDGE_VOTES_PATH" in comparer.leaderboard()


def test_more_columns_than_fit_are_refused(comparer: Comparer, clip: Path) -> None:
    with pytest.raises(BadInputError, match="choose 4 at most"):
        compared(comparer, clip, *"abcde")


def test_a_program_that_names_no_recognizer_gets_the_first_two(
    comparer: Comparer, clip: Path
) -> None:
    found = comparer.contract(clip, [], "Hello.", ignore)
    assert [column["recognizer"] for column in found["columns"]] == ["landmark", "spelling"]
    assert found["clip"] == "hello.mp4"


def test_a_clip_that_is_none_is_refused_without_its_place(
    comparer: Comparer, tmp_path: Path
) -> None:
    fake = tmp_path / "notes.mp4"
    fake.write_text("not a video")
    with pytest.raises(BadInputError, match=r"^“notes\.mp4” is not a video"):
        compared(comparer, fake)


def test_the_page_gets_a_button_for_each_answer_and_none_while_it_waits(
    comparer: Comparer, clip: Path
) -> None:
    events = _Events(comparer, ())
    steps = list(events.compare(str(clip), ["landmark", "spelling"], False, "", ignore))
    boxes = [step[3].visible for step in steps]
    assert boxes == [False, False, True]
    labels = [button.value for button in steps[-1][4:8] if button.visible]
    assert labels == ["landmark is better", "spelling is better"]
    *_, board = events.vote("1", steps[-1][2], True)
    assert 'scope="row">spelling</th>' in board


def test_no_clip_and_no_recognizer_are_asked_for(comparer: Comparer, clip: Path) -> None:
    events = _Events(comparer, ())
    with pytest.raises(gr.Error, match="Choose a video"):
        list(events.compare(None, ["landmark"], False, "", ignore))
    with pytest.raises(gr.Error, match="choose one or more"):
        list(events.compare(str(clip), [], False, "", ignore))
    with pytest.raises(gr.Error, match="Compare a clip first"):
        events.vote("0", None, True)


def test_an_example_is_chosen_with_what_it_means(comparer: Comparer, clip: Path) -> None:
    kept, says = _Events(comparer, [Example(clip, "Hello.")]).example(0)
    assert Path(kept).read_bytes() == clip.read_bytes()
    assert says == "Hello."


def test_while_the_models_load_the_list_is_there(begun: list[str]) -> None:
    waiting = Comparer(EngineSoon(fakes.engine), Settings())
    assert [name for _, name in waiting.choices()] == ["spelling", "video"]
