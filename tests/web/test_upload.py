"""The Upload tab's handlers: a clip in, its answer, annotated copy and downloads out."""

from __future__ import annotations

import base64
import io
import json
import re
import wave
from pathlib import Path
from urllib.parse import unquote

import av
import gradio as gr
import numpy as np
import pytest

from tests import fakes
from tests.fakes import NOBODY, RESTING, SIGNING
from tests.web.clips import write_clip


def ignore(done: float, what: str) -> None:
    pass


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4")


def test_the_answer_has_the_sentence_and_its_sound(serve, clip):
    _, answer, _ = serve().show_clip(str(clip), ignore, "Hello.")
    assert "hello." in answer
    assert "made to say: Hello." in answer
    sound = re.search(r'src="data:audio/wav;base64,([^"]+)"', answer)
    with wave.open(io.BytesIO(base64.b64decode(sound[1]))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert file.getframerate() == 8000
    assert np.abs(samples).max() > 10_000


def test_the_annotated_clip_has_every_frame_with_the_landmarks_drawn(serve, clip):
    annotated, _, _ = serve().show_clip(str(clip), ignore)
    with av.open(annotated) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 30
    # In frame 10 the fake hand is up: a line that the grey clip does not have.
    assert np.ptp(frames[10].astype(int)) > 60


def test_the_timeline_and_the_table_say_the_same(serve, clip):
    _, _, details = serve().show_clip(str(clip), ignore)
    assert re.search(r'aria-label="HELLO, 90%, 0\.5 to 1\.\d seconds', details)
    assert '<th scope="row">HELLO</th>' in details
    assert "OTHER</span> <b>5%" in details


def test_the_json_to_download_keeps_the_contract(serve, clip):
    _, _, details = serve().show_clip(str(clip), ignore)
    href = re.search(r'download="hello.json" href="data:[^,]+,([^"]+)"', details)[1]
    result = json.loads(unquote(href))
    assert set(result) == {
        "clip", "text", "segments", "notices", "timings_s", "frames", "fps"
    }  # fmt: skip
    assert result["clip"] == "hello.mp4"
    assert result["text"] == "hello."
    assert set(result["segments"][0]) == {
        "start_s", "end_s", "recognizer", "abstained", "guesses"
    }  # fmt: skip


def test_the_captions_to_download_show_the_sentence_when_it_was_signed(serve, clip):
    _, _, details = serve().show_clip(str(clip), ignore)
    href = re.search(r'download="hello.srt" href="data:[^,]+,([^"]+)"', details)[1]
    assert re.match(r"1\n00:00:00,5\d\d --> 00:00:0[12],\d{3}\nhello\.\n", unquote(href))


def test_below_the_threshold_there_is_no_sentence_and_no_sound(serve, clip):
    handlers = serve(fakes.engine(fakes.FakeRecognizer(("",))))
    _, answer, details = handlers.show_clip(str(clip), ignore)
    assert "No sentence." in answer
    assert "<audio" not in answer
    assert "Not recognized" in details
    assert "MAYBE</span> <b>10%" in details
    assert ".srt" not in details


@pytest.mark.parametrize(
    ("kind", "words"), [(NOBODY, "No person was found"), (RESTING, "No signing found")]
)
def test_a_clip_without_signing_says_why(serve, tmp_path, kind, words):
    clip = write_clip(tmp_path / "empty.mp4", (kind, 1.0))
    _, answer, _ = serve().show_clip(str(clip), ignore)
    assert words in answer


def test_a_text_file_called_mp4_is_refused_in_one_line_without_its_place(serve, tmp_path):
    fake = tmp_path / "notes.mp4"
    fake.write_text("not a video")
    with pytest.raises(gr.Error) as error:
        serve().show_clip(str(fake), ignore)
    assert "notes.mp4" in str(error.value.message)
    assert str(tmp_path) not in str(error.value.message)
    assert "\n" not in str(error.value.message)


def test_no_clip_is_asked_for(serve):
    with pytest.raises(gr.Error, match="Choose a video"):
        serve().show_clip(None, ignore)


def test_a_voice_that_fails_leaves_the_sentence_and_a_notice(serve, clip):
    handlers = serve(fakes.engine(speaker=fakes.FakeSpeaker(error="no espeak")))
    _, answer, _ = handlers.show_clip(str(clip), ignore)
    assert "hello." in answer
    assert "there is no sound: no espeak" in answer


def test_progress_rises_to_the_end(serve, clip):
    shares: list[float] = []
    serve().show_clip(str(clip), lambda done, what: shares.append(done))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_progress_reaches_gradio_s_own_bar_which_is_falsy(serve, clip, monkeypatch):
    told: list[tuple[float, str]] = []
    bar = gr.Progress()
    assert not bar
    monkeypatch.setattr(gr.Progress, "__call__", lambda _, *said: told.append(said))
    serve().show_clip(str(clip), bar)
    assert told[0][1] == "Looking for hands, face and body"
    assert told[-1][0] == 1.0


def test_nothing_is_left_in_the_temporary_folder_but_what_the_page_shows(
    serve, clip, tmp_path, monkeypatch
):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    annotated, _, _ = serve().show_clip(str(clip), ignore)
    assert list(folder.iterdir()) == []
    assert Path(annotated).is_relative_to(tmp_path / "served")


def test_two_signs_fill_two_places_of_the_timeline(serve, tmp_path):
    clip = write_clip(
        tmp_path / "two.mp4", (SIGNING, 1.0), (RESTING, 1.0), (SIGNING, 1.0), (RESTING, 1.0)
    )
    handlers = serve(fakes.engine(fakes.FakeRecognizer(("HELLO", "FRIEND"))))
    _, _, details = handlers.show_clip(str(clip), ignore)
    lefts = [float(x) for x in re.findall(r'sb-seek"[^>]*style="left:([\d.]+)%', details)]
    assert lefts == pytest.approx([0.0, 50.0], abs=1.0)
