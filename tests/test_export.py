"""The JSON of the command line and the captions say what was found, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

from signbridge import export
from signbridge.types import Translation, Utterance

EMPTY = Translation({}, Utterance("", "rules", 0.0), None)


def test_captions_of_two_sentences_are_numbered_and_timed() -> None:
    said = Utterance("Hello.", "rules", 0.0, start_s=0.5, end_s=1.25)
    later = replace(said, text="Nice to meet you.", start_s=3661.5, end_s=3662.0)
    assert export.srt(replace(EMPTY, sentences=(said, later))) == (
        "1\n00:00:00,500 --> 00:00:01,250\nHello.\n\n"
        "2\n01:01:01,500 --> 01:01:02,000\nNice to meet you.\n"
    )


def test_what_was_not_measured_is_null_so_the_json_is_standard() -> None:
    text = json.dumps(export.contract(EMPTY, "a.mp4"), allow_nan=False)
    assert json.loads(text)["timings_s"]["speak"] is None


def test_importing_the_export_loads_no_gradio() -> None:
    code = "import sys, signbridge.export; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
