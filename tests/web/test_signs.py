"""The Signs tab: what is known of a sign, how it is found, and who may ask for it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import av
import gradio as gr
import pytest

from signbridge.avatar.drawings import Drawing
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.web import lexicon
from signbridge.web.drawn import DrawnSigns
from signbridge.web.lexicon import Sign, measured, read_signs, searched, sign_card, sign_grid
from signbridge.web.signs import SignLookup
from tests.avatar.performances import wave

COUNTS = (
    "gloss,clips,right,said,said_right,people,stranger_clips,stranger_right,confusion\n"
    "MOTHER,5,3,4,2,4,2,1,THANK-YOU\nWATER,1,0,0,0,1,0,0,FS-B\n"
)
SEEN = Sign("A", "a", clips=5, right=3, people=4, stranger_clips=2, stranger_right=1)
DRAWN = "gloss,signers,seconds,score,right\nMOTHER,4,1.0,0.9,yes\nWATER,3,1.0,0.1,no\n"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    for name in ("signs", "drawings"):
        (tmp_path / name).mkdir()
    Vocabulary.of(["water", "mother", "FS-B", "book", "THANK-YOU"]).save(tmp_path / "signs")
    (tmp_path / "signs" / "per_sign.csv").write_text(COUNTS)
    (tmp_path / "drawings" / "drawings.csv").write_text(DRAWN)
    return tmp_path


@pytest.fixture
def lookup() -> SignLookup:
    signs = (Sign("HELLO", "hello", drawn=True, signers=3), Sign("WATER", "water"))
    return SignLookup(signs, DrawnSigns({"HELLO": Drawing(wave(0.3))}))


def test_signs_are_in_the_order_of_their_words_with_the_letters_last(assets):
    assert [sign.text for sign in read_signs(assets=assets)] == [
        "book",
        "mother",
        "thank you",
        "water",
        "B",
    ]


def test_counts_and_drawing_are_those_of_the_files(assets):
    signs = {sign.gloss: sign for sign in read_signs(assets=assets)}
    assert signs["MOTHER"] == Sign(
        "MOTHER", "mother", 5, 3, 4, 2, 4, 2, 1, "thank you", drawn=True, signers=4
    )
    assert not signs["WATER"].drawn
    assert signs["BOOK"] == Sign("BOOK", "book")


def test_a_folder_that_is_no_model_gives_no_signs(tmp_path):
    assert read_signs(str(tmp_path)) == ()


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (Sign("MOTHER", "mother"), ("mother", "mom")),
        (Sign("THANK-YOU", "thank you"), ("thank you", "thanks")),
        (Sign("FS-B", "B"), ("letter b",)),
    ],
)
def test_a_sign_is_found_by_its_gloss_its_english_and_other_spellings(sign, words):
    for word in words:
        assert f" {word}" in f" {searched(sign)}"


def test_the_grid_has_a_button_for_each_sign_and_marks_those_without_a_drawing(assets):
    html = sign_grid(read_signs(assets=assets))
    glosses = re.findall(r'data-gloss="([^"]+)"', html)
    assert glosses == ["BOOK", "MOTHER", "THANK-YOU", "WATER", "FS-B"]
    assert html.count(", no drawing<") == 4
    assert "Find a sign" in html


@pytest.mark.parametrize(
    ("sign", "line"),
    [
        (SEEN, "guess was right in 3 of 5 clips it never saw, by 4 people. Of the 2 by"),
        (replace(SEEN, stranger_clips=5), "right in 3 of 5 clips by 4 people it never saw."),
        (
            Sign("A", "a", clips=1, right=1, people=1),
            "in 1 of 1 clip it never saw, by 1 person it knows from",
        ),
        (Sign("A", "a"), "Not measured: no clip of it, by anyone, was kept out of training"),
        (
            replace(SEEN, confusion="thank you"),
            "Its commonest wrong guess, said or not: thank you.",
        ),
    ],
)
def test_the_card_says_how_often_the_sign_was_recognized(sign, line):
    assert line in " ".join(measured(sign))


@pytest.mark.parametrize(
    ("clips", "said", "said_right", "line"),
    [
        (10, 7, 6, "this sign 6 times, another once, “not recognized” 3 times."),
        (2, 2, 2, "this sign twice, another never, “not recognized” never."),
    ],
)
def test_the_card_says_how_often_the_app_was_sure_and_right(clips, said, said_right, line):
    sign = replace(SEEN, clips=clips, right=said_right, said=said, said_right=said_right)
    assert f"It says only what it is sure of: {line}" in " ".join(measured(sign))


def test_the_list_says_once_why_some_signs_are_not_measured(assets):
    signs = read_signs(assets=assets)
    assert "For 3 of 5 it is not known how well" in sign_grid(signs)
    assert "not known" not in sign_grid([sign for sign in signs if sign.clips])


def test_a_confusion_is_named_as_the_page_names_the_sign_itself(assets):
    signs = {sign.gloss: sign for sign in read_signs(assets=assets)}
    for sign, confused in (("MOTHER", "THANK-YOU"), ("WATER", "FS-B")):
        (name,) = re.findall('class="sb-sentence">([^<]+)<', sign_card(signs[confused]))
        assert f"said or not: {name}." in sign_card(signs[sign])


def test_the_card_says_why_there_is_no_drawing():
    assert "did not read it back" in sign_card(Sign("A", "a", signers=3))
    assert "too few signers" in sign_card(Sign("A", "a"))


def test_names_from_a_model_folder_are_escaped():
    sign = Sign("<B>", "<b>", clips=1, people=1, confusion="<i>")
    assert "<b>" not in sign_grid((sign,)).replace("<button", "")
    assert "<i>" not in sign_card(sign)


def test_a_chosen_sign_is_shown_at_once_and_then_drawn(lookup):
    first, second = lookup.show("HELLO", gr.Progress())
    assert "hello" in first[0]
    assert first[1].value is None
    with av.open(second[1].value["path"]) as container:
        assert container.duration / 1e6 > 0.5


def test_a_sign_without_a_drawing_has_a_card_only(lookup):
    (only,) = lookup.show("WATER", gr.Progress())
    assert "water" in only[0]
    assert only[1].visible is False


@pytest.mark.parametrize("gloss", ["", "NO-SUCH-SIGN", "../../etc/passwd"])
def test_an_unknown_sign_is_refused(lookup, gloss):
    with pytest.raises(gr.Error, match="no sign"):
        list(lookup.show(gloss, gr.Progress()))


def test_a_sign_is_rendered_once(monkeypatch):
    rendered = []
    monkeypatch.setattr(
        "signbridge.web.drawn._rendered", lambda drawing, progress: rendered.append(1) or b"mp4"
    )
    drawings = DrawnSigns({"HELLO": Drawing(wave())})
    assert drawings.clip("HELLO") == drawings.clip("HELLO") == b"mp4"
    assert len(rendered) == 1


def test_the_shipped_table_and_drawings_belong_together():
    table = lexicon.ASSETS / "drawings" / lexicon.DRAWN
    drawings = DrawnSigns.shipped()
    signs = [sign for sign in read_signs() if sign.drawn]
    assert table.is_file()
    assert len(signs) > 300
    assert all(sign.gloss in drawings and sign.signers >= 3 for sign in signs)
