"""A sentence appears as it is written, in both tabs, and the whole one takes its place."""

from __future__ import annotations

import threading

import pytest

from signbridge.errors import BadInputError
from signbridge.events import Writing
from signbridge.web.growing import as_it_grows
from signbridge.web.live_handlers import BEAT_S, LATE_S
from signbridge.web.live_page import LivePage
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip
from tests.web.live_page import SKIP, play, visitor


def test_what_is_told_comes_before_what_is_returned():
    asked = threading.Semaphore(0)

    def work(grow):
        for text in ("a", "ab"):
            grow(text)
            assert asked.acquire(timeout=10)
        return 3

    found = []
    for each in as_it_grows(work):
        found.append(each)
        asked.release()
    assert found == ["a", "ab", 3]


def test_what_goes_wrong_is_raised_where_it_is_asked():
    def work(grow):
        raise BadInputError("no video")

    with pytest.raises(BadInputError, match="no video"):
        list(as_it_grows(work))


def test_an_uploaded_clip_shows_its_sentence_as_it_is_written(serve, tmp_path):
    clip = write_clip(tmp_path / "hello.mp4")
    shown = threading.Semaphore(0)
    composer = fakes.FakeComposer(drafts=("hel<", "hello"), wait=lambda: shown.acquire(timeout=10))
    parts = []
    for each in serve(fakes.engine(composer=composer)).follow_clip(str(clip), lambda *_: None):
        parts.append(each)
        shown.release()
    *growing, last = parts
    assert [each[0] for each in growing] == [SKIP, SKIP]
    assert "hel&lt;" in growing[0][1]
    assert "sb-growing" in growing[1][1]
    assert "hello." in last[1]
    assert "sb-growing" not in last[1]


def test_the_rules_show_nothing_before_their_sentence(serve, tmp_path):
    clip = write_clip(tmp_path / "hello.mp4")
    assert len(list(serve().follow_clip(str(clip), lambda *_: None))) == 1


def test_a_growing_sentence_stands_under_the_others_until_it_is_struck():
    page = LivePage()
    page.take(Writing("Hello my"), 0.0, (64, 48), True)
    html = page.update().sentences
    assert "Hello my" in html
    assert 'aria-live="off"' in html
    page.take(Writing(""), 0.0, (64, 48), True)
    assert "Hello my" not in page.update().sentences


def test_the_page_asks_more_often_while_a_camera_that_is_off_left_words_to_say(serve_live, clock):
    ready = threading.Event()
    composer = fakes.FakeComposer(drafts=("hel",), wait=lambda: ready.wait(10))
    handlers = serve_live(fakes.engine(composer=composer))
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    clock.now_s += 3
    first = handlers.beat(visitor("ann"))
    assert timer_of(first) == LATE_S
    ready.set()
    for _ in range(100):
        later = handlers.beat(visitor("ann"))
        if later[7] != SKIP:
            break
    assert timer_of(later) == BEAT_S


def timer_of(parts):
    return parts[7].value


def test_who_leaves_does_not_wait_for_the_end_of_the_clip():
    go_on, told, ended = threading.Event(), [], threading.Event()

    def work(grow):
        try:
            for text in "ab":
                grow(text)
                told.append(text)
                assert go_on.wait(10)
        finally:
            ended.set()

    answers = as_it_grows(work)
    assert next(answers) == "a"
    leaving = threading.Thread(target=answers.close)
    leaving.start()
    leaving.join(5)
    assert not leaving.is_alive()
    go_on.set()
    assert ended.wait(5)
    assert told == ["a"]  # the rest of the clip is not worked on
