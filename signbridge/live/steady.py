"""Guesses of a sign that is going on -> the one to show, changed as seldom as can be."""

from __future__ import annotations

from collections import Counter, deque

WINDOWS = 5
"""So many of the last guesses vote."""
ENOUGH = 2
"""One guess alone is never shown: half a sign looks like many."""


class Steady:
    """Shows the guess that most of the last windows agree on, until another has the majority."""

    def __init__(self) -> None:
        self._votes: deque[str] = deque(maxlen=WINDOWS)
        self.word = ""

    def vote(self, word: str) -> bool:
        """Count one guess, "" for none; return whether the word that is shown has changed."""
        self._votes.append(word)
        leader, votes = Counter(self._votes).most_common(1)[0]
        before = self.word
        if votes >= ENOUGH and 2 * votes > len(self._votes):
            self.word = leader
        elif self.word not in self._votes:
            self.word = ""
        return self.word != before

    def clear(self) -> bool:
        """Forget the sign, which is over; return whether a word was shown."""
        shown, self.word = bool(self.word), ""
        self._votes.clear()
        return shown
