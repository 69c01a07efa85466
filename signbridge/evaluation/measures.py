"""Sentences beside references -> the usual measures of translation, by their published scorers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from signbridge import __version__
from signbridge.evaluation.measure import (
    Measure,
    References,
    Table,
    mean_rows,
    percent_of,
    signature,
)
from signbridge.evaluation.meteor import meteor
from signbridge.evaluation.metrics import NAN
from signbridge.evaluation.text import normalised, word_errors

WORD_ORDER = 2  # chrF++ counts words and pairs of words too
PLAIN = "case:folded|punct:none|apostrophe:none|tok:space"


def measures(hypotheses: Sequence[str], references: References) -> Iterator[Measure]:
    """Yield every measure of sentences, each with the same number of references."""
    yield from _sacrebleu(hypotheses, references)
    yield _rouge_l(hypotheses, references)
    yield meteor(hypotheses, references)
    yield _raw_wer(hypotheses, references)
    yield _normalised_wer(hypotheses, references)
    yield _exact_match(hypotheses, references)
    yield _distinct_2(hypotheses)


def _sacrebleu(hypotheses: Sequence[str], references: References) -> Iterator[Measure]:
    from sacrebleu.metrics.base import Metric
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    def measure(key: str, title: str, metric: Metric, alone: bool) -> Measure:
        # Not corpus_score: its own bootstrap reads its seed from the environment, and gives the
        # mean and half width of what is drawn instead of the interval.
        streams = list(zip(*references, strict=True))
        rows = metric._extract_corpus_statistics(hypotheses, streams)
        return Measure(
            key,
            title,
            f"sacreBLEU {title}|{metric.get_signature().format()}",
            np.array(rows, dtype=float),
            lambda sums: float(metric._compute_score_from_stats(sums.tolist()).score),
            alone=alone,
        )

    for order in (1, 2, 3, 4):
        metric = BLEU(tokenize="13a", max_ngram_order=order)
        yield measure(f"bleu_{order}", f"BLEU-{order}", metric, alone=False)
    yield measure("chrf", "chrF", CHRF(), alone=True)
    yield measure("chrf++", "chrF++", CHRF(word_order=WORD_ORDER), alone=True)


def _rouge_l(hypotheses: Sequence[str], references: References) -> Measure:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=False)
    found = [
        scorer.score_multi(meant, said)["rougeL"].fmeasure
        for said, meant in zip(hypotheses, references, strict=True)
    ]
    choices = "f:1|case:lower|tok:a-z0-9|stem:no|ref:best|mean:sentences"
    name = signature("ROUGE-L", "rouge-score", references, choices)
    return Measure("rouge_l", "ROUGE-L", name, mean_rows(found), percent_of)


def _raw_wer(hypotheses: Sequence[str], references: References) -> Measure:
    name = signature("WER", "jiwer", references, "case:mixed|punct:kept|tok:space|ref:best")
    rows = _error_rows(hypotheses, references)
    return Measure("wer_raw", "WER, raw", name, rows, percent_of)


def _normalised_wer(hypotheses: Sequence[str], references: References) -> Measure:
    name = signature("WER", "jiwer", references, f"{PLAIN}|ref:best")
    plain = [[_plain(text) for text in meant] for meant in references]
    rows = _error_rows([_plain(text) for text in hypotheses], plain)
    return Measure("wer_normalised", "WER, normalised", name, rows, percent_of)


def _error_rows(hypotheses: Sequence[str], references: References) -> Table:
    """Return (n, 2) edits and reference words, of the reference with the lowest rate."""
    found = [
        min((word_errors(said, text) for text in meant), key=lambda pair: pair[0] / max(pair[1], 1))
        for said, meant in zip(hypotheses, references, strict=True)
    ]
    return np.array(found, dtype=float)


def _exact_match(hypotheses: Sequence[str], references: References) -> Measure:
    same = [
        normalised(said) in {normalised(text) for text in meant}
        for said, meant in zip(hypotheses, references, strict=True)
    ]
    name = (
        f"exact-match|nrefs:{len(references[0])}|{PLAIN}|ref:any|version:signbridge-{__version__}"
    )
    return Measure("exact_match", "exact match", name, mean_rows(same), percent_of)


def _distinct_2(hypotheses: Sequence[str]) -> Measure:
    """Return different pairs of neighbouring words over all pairs (Li et al., 2016)."""
    words = [normalised(text) for text in hypotheses]
    pairs = [pair for text in words for pair in pairwise(text)]
    ratio = len(set(pairs)) / len(pairs) if pairs else NAN
    name = f"distinct-2|{PLAIN}|pairs:of-all-sentences|version:signbridge-{__version__}"
    rows = np.full((len(hypotheses), 1), ratio)
    return Measure(
        "distinct_2", "distinct-2", name, rows, lambda _: ratio, "ratio", sums=False, alone=False
    )


def _plain(text: str) -> str:
    return " ".join(normalised(text))
