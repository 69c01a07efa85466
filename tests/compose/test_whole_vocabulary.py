"""Any signs that the shipped recognizer can read become text."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import signbridge
from signbridge.compose.forms import adverb, form, plural
from signbridge.compose.rules import compose_glosses
from signbridge.compose.words import Word, word
from signbridge.recognize.vocabulary import Vocabulary

GLOSSES = Vocabulary.load(Path(signbridge.__file__).parent / "assets" / "signs").glosses


# Signed in a sentence, these say something of it ("never", "again") or join its parts.
CONTENT = ("noun", "person", "kin", "plural", "mass", "name", "verb", "adjective", "place")


def sequence(rng: random.Random, most: int) -> list[str]:
    return [rng.choice(GLOSSES) for _ in range(rng.randint(1, most))]


def test_a_composer_has_read_every_table_of_the_dictionary():
    script = """
from signbridge.compose.rules import RuleComposer
RuleComposer()
from lemminflect import Inflections, Lemmatizer
assert {"infl_dict", "overrides_dict", "morph_style_model"} <= set(vars(Inflections()))
assert {"lemma_dict", "overrides_dict"} <= set(vars(Lemmatizer()))
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def ways_to_say(item: Word) -> set[str]:
    inflected = {form(item.text, tag) for tag in ("VBD", "VBG", "VBN", "VBZ")}
    return {item.text, item.after, plural(item.text), adverb(item), *inflected} - {""}


def is_said(gloss: str, text: str) -> bool:
    if word(gloss).gloss.startswith("FS-"):
        return gloss.removeprefix("FS-").lower() in text.lower()
    said = (re.escape(way) for way in ways_to_say(word(gloss)))
    return bool(re.search(rf"\b({'|'.join(said)})\b", text, re.IGNORECASE))


@pytest.mark.parametrize("seed", range(400))
def test_no_content_word_is_lost_and_no_text_is_empty(seed):
    rng = random.Random(seed)
    glosses = [*sequence(rng, 6), rng.choice(GLOSSES)]
    text = compose_glosses(glosses)
    assert text[-1] in ".?!"
    lost = [g for g in glosses if word(g).is_a(*CONTENT) and not is_said(g, text)]
    assert not lost, f"{glosses} -> {text!r} loses {lost}"
