"""Measures the composers on the sets in this folder and writes docs/reports/composer.

`python -m signbridge.evaluation.composer --out docs/reports/composer`; a chat model is measured
beside the rules where SIGNBRIDGE_CHAT_URL is set.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from signbridge.build import endpoint_of
from signbridge.compose.candidates import Chooser
from signbridge.evaluation.composer import candidates, endpoint, lattices, retrieval
from signbridge.evaluation.composer.report import Figures, Grounded, write
from signbridge.settings import Settings
from signbridge.types import RecognitionResult


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.composer")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    asked = None
    if settings.chat_url != "none":
        asked = endpoint.asked(endpoint_of(settings, "chat"), candidates.cases())
    write(options.out, figures(asked))
    return 0


def figures(asked: endpoint.Asked | None = None) -> Figures:
    """Return all that is measured without a server, and what a chat model did."""
    chooser = Chooser.shipped()
    cases = candidates.cases()
    return Figures(
        cases=len(cases),
        must_stay=sum(case.right == "first" for case in cases),
        choice={
            "first guesses": candidates.measured(first, cases),
            "with neighbours": candidates.measured(
                lambda results: first(chooser.choose(results)[0]), cases
            ),
        },
        grounded=_grounded(),
        retrieval=retrieval.measured(),
        asked=asked,
    )


def first(results: Sequence[RecognitionResult]) -> list[str]:
    """Return each sign's first guess."""
    return [result.guesses[0].text for result in results]


def _grounded() -> Grounded:
    trials = lattices.trials()
    found = lattices.outcomes(trials)
    kinds = dict.fromkeys(trial.kind for trial in trials)
    return Grounded(
        n=len(trials),
        kinds={kind: sum(trial.kind == kind for trial in trials) for kind in kinds},
        before=lattices.injected_before(trials),
        after=lattices.injected(found),
        rules=lattices.injected_by_rules(trials),
        struck={
            kind: lattices.struck(found, lambda t, kind=kind: t.kind == kind) for kind in kinds
        },
        true_kept=lattices.true_kept(),
    )


if __name__ == "__main__":
    raise SystemExit(main())
