"""Cards, examples and the models' start."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.types import Translation, Utterance
from signbridge.web import about, theme
from signbridge.web.examples import find_examples, poster
from signbridge.web.warmup import EngineSoon, warm
from tests import fakes
from tests.web.clips import write_clip

EMPTY = Translation({}, Utterance("", "rules", 0.0), None)


def card_in(folder: Path, card: object) -> Path:
    (folder / "signs").mkdir()
    (folder / "signs" / "card.json").write_text(json.dumps(card))
    return folder


def test_figures_come_from_the_model_card(tmp_path):
    line = {"data": "held-out signers", "n": 1234, "top1": 0.8126, "top5": 0.95, "chance": 0.01}
    folder = card_in(tmp_path, {"task": "signs", "parameters": 5_000, "scores": [line]})
    html = about.about(Settings(), assets=folder)
    for figure in ("held-out signers", "1,234", "81.3%", "95.0%", "1.0%", "5,000 parameters"):
        assert figure in html


def test_figures_of_the_model_card_come_with_their_intervals(tmp_path):
    intervals = {"top1": {"low": 0.7, "high": 0.9}}
    line = {"data": "x", "n": 9, "top1": 0.8, "top5": 1.0, "chance": 0.1, "intervals": intervals}
    html = about.about(Settings(), assets=card_in(tmp_path, {"scores": [line]}))
    assert "80.0% (70.0% to 90.0%)" in html
    assert ">100.0%<" in html


def test_without_a_card_no_figure_is_given(tmp_path):
    assert "no figure is given" in about.about(Settings(), assets=tmp_path)


@pytest.mark.parametrize("card", [[], {"scores": "none"}, {"scores": [{"data": "x"}]}])
def test_a_strange_card_does_not_break_the_page(tmp_path, card):
    assert "Privacy" in about.about(Settings(), assets=card_in(tmp_path, card))


def test_model_whose_card_has_no_table_is_told_by_its_report():
    html = about.about(Settings())
    assert "<p>. </p>" not in html
    assert "Its card gives no scores" not in html
    for name in ("choice", "dispatch", "segmenter", "translator"):
        assert f"<h4>{name}</h4>" in html
    assert "boundary F1" in html


def test_about_says_what_is_off_and_what_it_must_not_be_used_for():
    html = about.about(Settings(), ("Voice 'piper' is off: no espeak",))
    assert "Voice &#x27;piper&#x27; is off" in html
    assert "medical, legal or emergency" in html
    assert "Hosts contacted: none" in html


def test_about_says_what_is_sent_to_each_host_and_whose_licence_the_voice_has():
    html = about.about(Settings(composer="chat", chat_url="http://llama.example/v1"))
    assert "llama.example (sent there: the guesses of each sign" in html
    assert "no picture" in html
    assert "GPL-3.0" in html
    silent, xtts = (about.about(Settings(speaker=name)) for name in ("none", "xtts"))
    assert "GPL-3.0" not in silent
    assert "Coqui Public Model License" in xtts


def test_examples_are_the_clips_of_the_table_in_its_order(tmp_path):
    write_clip(tmp_path / "b.mp4")
    write_clip(tmp_path / "a.mp4")
    write_clip(tmp_path / "unlisted.mp4")
    table = "path,english\nb.mp4,Thank you.\nmissing.mp4,Gone.\na.mp4,Hello.\n"
    (tmp_path / "examples.csv").write_text(table)
    assert [example.says for example in find_examples(tmp_path)] == ["Thank you.", "Hello."]


def test_each_example_has_a_small_picture(tmp_path):
    write_clip(tmp_path / "a.mp4")
    (tmp_path / "examples.csv").write_text("path,english\na.mp4,Hello.\n")
    assert poster(tmp_path / "a.mp4").startswith(b"\xff\xd8")
    assert "#example-0::before" in theme.style(find_examples(tmp_path))


def test_an_example_that_is_broken_does_not_stop_the_app(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"half a clip")
    (tmp_path / "examples.csv").write_text("path,english\na.mp4,Hello.\n")
    assert "#example-0::before" in theme.style(find_examples(tmp_path))


def test_an_engine_that_cannot_start_says_why():
    def build():
        raise BackendUnavailableError("no recognizer can start")

    soon = EngineSoon(build).start()
    with pytest.raises(BackendUnavailableError, match="no recognizer can start"):
        soon.get()
    assert soon.ready


def test_even_a_defect_at_start_does_not_leave_visitors_waiting(monkeypatch):
    monkeypatch.setattr("threading.excepthook", lambda args: None)
    soon = EngineSoon(lambda: fakes.engine(change=lambda engine: engine.missing)).start()
    with pytest.raises(BackendUnavailableError, match="the server's log says why"):
        soon.get()


def test_a_length_of_nothing_is_not_measured():
    from signbridge.web.words import percent, seconds

    assert seconds(math.nan) == "not measured"
    assert percent(math.nan) == "-"


def test_a_small_score_is_not_rounded_to_nothing():
    from signbridge.web.words import percent

    assert [percent(score) for score in (0.873, 0.004, 0.0)] == ["87%", "under 1%", "0%"]


def test_models_that_read_sentences_are_warmed_too():
    sentences = fakes.FakeRecognizer(name="hybrid", reads="sentences")
    signs = fakes.FakeRecognizer()
    warm(fakes.engine(change=lambda made: replace(made, recognizers=(sentences, signs))))
    assert len(sentences.seen) == len(signs.seen) == 1
