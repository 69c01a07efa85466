"""Trains on composed streams, fits the search and the threshold, writes folder and report."""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, collect
from signbridge.landmarks.boundaries import load_boundaries
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.recognize.landmark.model import SignNet
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER as SIGNS
from signbridge.recognize.translator.encoder import TranslatorConfig
from signbridge.recognize.translator.folder import Translator, load_translator, save_translator
from signbridge.recognize.translator.isolated import IsolatedSigns
from signbridge.recognize.translator.model import TranslatorNet, begin_from
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.reader import Reader
from signbridge.recognize.translator.segmental import Weights
from signbridge.recognize.translator.words import SPECIAL
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training.rows import training_rows
from signbridge.training.streams.grammar import training_grammar
from signbridge.training.translator.batch import tokens
from signbridge.training.translator.composed import Pieces, Troupe, pieces_of
from signbridge.training.translator.config import TranslatorTraining
from signbridge.training.translator.corpora import numbered
from signbridge.training.translator.english import fit_own_words
from signbridge.training.translator.fit import Names, fit
from signbridge.training.translator.measured import measure
from signbridge.training.translator.real import real_sentences
from signbridge.training.translator.report import write_card, write_report
from signbridge.training.translator.search import (
    Sets,
    cases,
    fit_sureness,
    fit_weights,
    judged,
)
from signbridge.training.translator.spans import SpanTraining, fit_spans
from signbridge.training.translator.streams import halves, test_sets

LOG = logging.getLogger("signbridge.training")
COUNTED = 20_000  # sentences of the grammar behind the prior and the list of words
# Of six tried before training (see LOG.md).
SHAPE = {"reach": 8, "pool": 11}
SENTENCES = 30  # of each kind and half of the signers held out
SEED = 11
SPAN_GRAMMAR = 0.4  # of the sentences that spans are cut from


@dataclass(frozen=True, slots=True)
class Material:
    """What is trained on, what is held out, and the vocabulary."""

    pieces: Pieces
    held_out: Pieces
    vocabulary: Vocabulary


def train_on_streams(options: argparse.Namespace, config: TranslatorTraining) -> None:
    """Train as the options of the command ask; see `__main__`."""
    material = gathered(options.data)
    if options.refit:
        write_model(load_translator(options.out), material, config, options)
        return
    translator = trained(material, config, options.state)
    state = options.state.with_name(f"{options.state.stem}-spans.pt")
    spans = SpanTraining(steps=min(SpanTraining.steps, config.steps))
    translator = replace(translator, spans=trained_spans(material, spans, state))
    write_model(translator, material, config, options)


def gathered(data: Path) -> Material:
    """Return the recordings of the sets; minutes."""
    collection = collect(data)
    vocabulary = Vocabulary.load(SIGNS)
    return Material(
        pieces_of(collection, training_rows(collection, ())),
        pieces_of(collection, collection.of_signers(CALIBRATION_SIGNERS)),
        vocabulary,
    )


def trained(
    material: Material,
    config: TranslatorTraining,
    state: Path,
    shape: TranslatorConfig | None = None,
) -> Translator:
    """Return a translator of the material, with the search as it is by default.

    shape: of the network; glosses and words are filled in.
    """
    glosses = material.vocabulary.glosses
    index = {gloss: i for i, gloss in enumerate(glosses)}
    grammar = training_grammar().within(glosses)
    rng = np.random.default_rng(config.seed)
    drawn = [grammar.draw(rng) for _ in range(COUNTED)]
    counts = Counter(word for one in drawn for word in tokens(one.text))
    words = tuple(word for word, count in counts.most_common() if count > 1)
    prior = Prior.counted([[index[gloss] for gloss in one.glosses] for one in drawn], len(glosses))
    torch.manual_seed(config.seed)
    shape = shape or TranslatorConfig(1, 1, dropout=config.dropout, **SHAPE)
    network = TranslatorNet(replace(shape, glosses=len(glosses), words=len(words) + len(SPECIAL)))
    if config.from_signs:
        signs = load_checkpoint(SIGNS)
        rows = [signs.vocabulary.glosses.index(gloss) for gloss in glosses]
        begin_from(network, signs.network.members[0], rows)  # type: ignore[arg-type]
    begun = torch.load(state, weights_only=False)["step"] if state.exists() else 0
    source = Troupe(material.pieces).examples(
        grammar, config.grammar, np.random.default_rng([config.seed, begun])
    )
    fit(network, source, Names(index, numbered(words)), config, state)
    return Translator(network, material.vocabulary, words, prior)


def trained_spans(material: Material, config: SpanTraining, state: Path) -> SignNet:
    """Return a network that names signs cut out of sentences, one output a gloss."""
    glosses = material.vocabulary.glosses
    signs = load_checkpoint(SIGNS)
    begun = torch.load(state, weights_only=False)["step"] if state.exists() else 0
    source = Troupe(material.pieces).examples(
        training_grammar().within(glosses), SPAN_GRAMMAR, np.random.default_rng([SEED, begun])
    )
    network = signs.network.members[-1].requires_grad_(True)
    rows = {gloss: signs.vocabulary.glosses.index(gloss) for gloss in glosses}
    fit_spans(network, source, rows, config, state)  # type: ignore[arg-type]
    return offering(network, list(rows.values()))  # type: ignore[arg-type]


def offering(network: SignNet, rows: list[int]) -> SignNet:
    """Return the network with the outputs `rows` alone."""
    smaller = SignNet(replace(network.config, classes=len(rows)))
    state = network.state_dict()
    state["head.weight"], state["head.bias"] = state["head.weight"][rows], state["head.bias"][rows]
    smaller.load_state_dict(state)
    return smaller.requires_grad_(False).eval()


def write_model(
    translator: Translator,
    material: Material,
    config: TranslatorTraining,
    options: argparse.Namespace,
) -> None:
    """Fit the search on signers held out, score by halves, write the folder and the report."""
    isolated = IsolatedSigns(translator.vocabulary, translator.spans)
    reader = Reader(translator, isolated, load_boundaries())
    sets = read_halves(reader, material.held_out)
    fitted = [fitted_on(translator, half) for half in sets]
    whole = fitted_on(translator, joined(sets))
    save_translator(options.out, whole)
    measured = measure(sets, fitted, isolated)
    write_card(options.out, whole, config, measured)
    real = real_sentences(options.clips, options.out, options.cache) if options.clips else []
    write_report(options.report, measured, real)


def read_halves(reader: Reader, held_out: Pieces) -> tuple[Sets, Sets]:
    """Return the test sentences of either half of the signers held out, read by the network."""
    first, second = halves(list(held_out))
    LOG.info("held out: %s; %s", ", ".join(first), ", ".join(second))
    return _read(reader, held_out, first), _read(reader, held_out, second)


def _read(reader: Reader, held_out: Pieces, signers: Sequence[str]) -> Sets:
    made = test_sets(held_out, signers, SENTENCES, SEED)
    return {key: cases(reader, examples) for key, examples in made.items()}


def joined(sets: Sequence[Sets]) -> Sets:
    """Return the sets of both halves as one."""
    keys = dict.fromkeys(key for half in sets for key in half)
    return {key: [case for half in sets for case in half.get(key, ())] for key in keys}


def fitted_on(translator: Translator, sets: Sets) -> Translator:
    """Return the translator with weights and threshold fitted on these sentences."""
    names, prior = translator.vocabulary.glosses, translator.prior
    own = list(sets.values())
    weights = fit_weights(own, names, prior, Weights())
    LOG.info("weights: %s", weights)
    shares, right = judged([case for one in own for case in one], names, prior, weights)
    fitted = replace(translator, weights=weights, calibration=fit_sureness(shares, right))
    return replace(fitted, own_words=fit_own_words(fitted, sets))
