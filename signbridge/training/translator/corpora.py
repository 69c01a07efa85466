"""Trains on a corpus of sentences: its landmark files -> a model folder."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from signbridge.data import how2sign, phoenix14t
from signbridge.data.corpus import CorpusSentence
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.files import read_landmarks
from signbridge.recognize.landmark.checkpoint import Calibration, load_checkpoint
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER
from signbridge.recognize.translator.encoder import TranslatorConfig
from signbridge.recognize.translator.folder import Translator, save_translator
from signbridge.recognize.translator.model import TranslatorNet, begin_from
from signbridge.recognize.translator.prepare import prepared
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.reader import Reader
from signbridge.recognize.translator.segmental import Weights
from signbridge.recognize.translator.words import SPECIAL
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training.translator.batch import tokens
from signbridge.training.translator.composed import Example
from signbridge.training.translator.config import TranslatorTraining
from signbridge.training.translator.fit import Names, fit
from signbridge.training.translator.score import errors

LOG = logging.getLogger("signbridge.training")
MOST_WORDS = 8000
CORPUS = "corpus"
# The segmenter and the recognizer of isolated signs know ASL alone.
BARE = Weights(isolated=0.0, made=0.0, turns=0.0)
NEVER = 1.01
MOST_ERRORS = 0.5  # words wrong, missing or too many, a word of the truth
READERS: dict[str, Callable[[Path, str], list[CorpusSentence]]] = {
    "how2sign": how2sign.read_sentences,
    "phoenix14t": phoenix14t.read_sentences,
}


def train_on_corpus(
    corpus: str, data: Path, config: TranslatorTraining, state: Path, out: Path
) -> Translator:
    """Train on the train split of a corpus, calibrate on its val split and write the model folder.

    Its sentences are the network's own words: no composer here knows the corpus's glosses.
    """
    sentences, held_out = (READERS[corpus](data, split) for split in ("train", "val"))
    LOG.info("%d sentences of %s", len(sentences), corpus)
    glosses = glosses_of(sentences)
    words = words_of([one.text for one in sentences])
    torch.manual_seed(config.seed)
    model = TranslatorConfig(len(glosses), len(words) + len(SPECIAL), dropout=config.dropout)
    network = TranslatorNet(model)
    if config.from_signs:
        signs = load_checkpoint(DEFAULT_FOLDER).network.members[0]
        begin_from(network, signs, list(range(len(glosses))))  # type: ignore[arg-type]
    names = Names({gloss: i for i, gloss in enumerate(glosses)}, numbered(words))
    fit(network, examples(sentences, config.seed), names, config, state)
    rows = [[names.glosses[gloss] for gloss in one.glosses] for one in sentences]
    prior = Prior.counted(rows, len(glosses))
    vocabulary = Vocabulary(glosses, tuple(gloss.lower() for gloss in glosses))
    weights = replace(BARE, isolated=1.0) if config.from_signs else BARE
    never = Calibration(threshold=NEVER)
    translator = Translator(network, vocabulary, words, prior, weights, never, own_words=NEVER)
    translator = replace(translator, own_words=believed_from(translator, held_out))
    save_translator(out, translator)
    return translator


def believed_from(translator: Translator, sentences: Sequence[CorpusSentence]) -> float:
    """Return the lowest score from which the sentences told have at most `MOST_ERRORS` a word.

    Above 1, none is: then every sentence is "not recognized".
    """
    reader = Reader(translator, None)
    scores, wrong, words = [NEVER], [0.0], [0]
    for sentence in sentences:
        heard = reader.hear(in_body_frame(read_landmarks(sentence.path)))
        own = reader.english(heard) if heard else []
        if own:
            text, score = own[0]
            truth = tokens(sentence.text)
            scores.append(score)
            wrong.append(sum(errors(truth, tokens(text))))
            words.append(len(truth))
    order = np.argsort(-np.array(scores), kind="stable")
    rate = np.cumsum(np.array(wrong)[order]) / np.maximum(1, np.cumsum(np.array(words)[order]))
    lowest = int(np.flatnonzero(rate <= MOST_ERRORS)[-1])
    LOG.info(
        "told %d of %d sentences of val, word error rate %.2f", lowest, len(sentences), rate[lowest]
    )
    return float(np.array(scores)[order][lowest])


def glosses_of(sentences: Sequence[CorpusSentence]) -> tuple[str, ...]:
    """Return the corpus's glosses in order; those of the shipped model where it has none."""
    found = sorted({gloss for one in sentences for gloss in one.glosses})
    return tuple(found) or Vocabulary.load(DEFAULT_FOLDER).glosses


def words_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the words said more than once, the most frequent first."""
    counts = Counter(word for text in texts for word in tokens(text))
    return tuple(word for word, count in counts.most_common(MOST_WORDS) if count > 1)


def numbered(words: Sequence[str]) -> dict[str, int]:
    """Return the decoder's output of each word."""
    return {word: len(SPECIAL) + i for i, word in enumerate(words)}


def examples(sentences: Sequence[CorpusSentence], seed: int) -> Iterator[Example]:
    """Yield sentences in a new order each time round, without end."""
    rng = np.random.default_rng(seed)
    while True:
        for i in rng.permutation(len(sentences)):
            made = example(sentences[i])
            if made is not None:
                yield made


def example(sentence: CorpusSentence) -> Example | None:
    """Return a sentence as the network reads it; None where no hand is seen. Has no spans."""
    hands = in_body_frame(read_landmarks(sentence.path))
    ready = prepared(hands, TranslatorConfig(1, 1).fps)
    if ready is None:
        return None
    return Example(ready, sentence.glosses, (), sentence.signer, sentence.text, hands, CORPUS)
