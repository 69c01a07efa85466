"""English text -> its words, and how many words two texts differ by."""

from __future__ import annotations


def normalised(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, punctuation and apostrophes."""
    plain = text.casefold().replace("'", "").replace("’", "")  # noqa: RUF001 - both are typed
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())


def word_errors(said: str, meant: str) -> tuple[int, int]:
    """Return how many words to insert, delete or replace, and how many words `meant` has."""
    import jiwer

    found = jiwer.process_words(meant, said)
    missed = found.substitutions + found.deletions
    return missed + found.insertions, missed + found.hits
