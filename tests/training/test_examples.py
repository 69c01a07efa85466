import csv
from pathlib import Path

import av
import pytest

from signbridge.training.examples import COLUMNS, EXAMPLES, TABLE, Example, write_texts

FOLDER = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_is_a_small_clip_with_its_text(example: Example) -> None:
    clip = FOLDER / f"{example.name}.mp4"
    assert clip.stat().st_size < 300_000
    assert clip.with_suffix(".txt").read_text(encoding="utf-8").startswith(example.english)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (640, 480, 25)
        assert 2 <= stream.frames / 25 <= 8


def test_the_table_in_the_repository_is_the_one_written(tmp_path: Path) -> None:
    write_texts(tmp_path)
    written = (tmp_path / TABLE).read_text(encoding="utf-8")
    assert (FOLDER / TABLE).read_text(encoding="utf-8") == written
    rows = list(csv.DictReader(written.splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [row["kind"] for row in rows].count("sign") >= 6


def test_every_example_has_a_part_for_each_gloss() -> None:
    for example in EXAMPLES:
        glosses = example.glosses.split()
        letters = "".join(glosses).replace("FS-", "")
        expected = len(letters) if example.kind == "spelling" else len(glosses)
        assert len(example.parts) == expected
