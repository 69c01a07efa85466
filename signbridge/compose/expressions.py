"""Glosses -> ready-made English where signs belong together, and words where they do not."""

from __future__ import annotations

from collections.abc import Sequence

from signbridge.compose.words import SPELLED, Word, word

PAIRS = {
    ("HOW", "MANY"): "HOW-MANY",
    ("HOW", "MUCH"): "HOW-MUCH",
    ("ALL", "NIGHT"): "ALL-NIGHT",
    ("ALL", "DAY"): "ALL-DAY",
    ("ALL", "WEEK"): "ALL-WEEK",
}
# Signs that belong together, where nothing but another such group follows.
TOGETHER = {
    ("NICE", "MEET", "YOU"): "Nice to meet you.",
    ("NICE", "MEET"): "Nice to meet you.",
    ("NICE", "YOU", "MEET"): "Nice to meet you.",
    ("NICE", "MEET", "YOU", "ME"): "Nice to meet you.",
    ("HOW", "YOU"): "How are you?",
    ("SEE", "YOU", "LATER"): "See you later.",
    ("SEE", "LATER"): "See you later.",
    ("SEE", "YOU", "TOMORROW"): "See you tomorrow.",
    ("SEE", "YOU", "SOON"): "See you soon.",
    ("GOOD", "MORNING"): "Good morning.",
    ("GOOD", "AFTERNOON"): "Good afternoon.",
    ("GOOD", "NIGHT"): "Good night.",
    ("GOOD", "LUCK"): "Good luck!",
    ("HAPPY", "BIRTHDAY"): "Happy birthday!",
    ("THANK-YOU", "VERY", "MUCH"): "Thank you very much.",
    ("TIME", "WHAT"): "What time is it?",
    ("WHAT", "TIME"): "What time is it?",
    ("WHAT", "HAPPEN"): "What happened?",
    ("HAPPEN", "WHAT"): "What happened?",
    ("I-LOVE-YOU",): "I love you.",
}
SUBJECTS = ("possessive", "pronoun", "wh")
LONGEST_GROUP = max(map(len, TOGETHER))


def utterances(glosses: Sequence[str]) -> list[str | list[Word]]:
    """Return ready-made English and stretches of words, in order."""
    left = _without_repeats(glosses)
    found: list[str | list[Word]] = []
    while left:
        size = _group(left)
        if size:
            found.append(TOGETHER[tuple(left[:size])])
            left = left[size:]
            continue
        head = word(left[0])
        if head.is_a("fixed") and not head.text.endswith(","):
            found.append(head.text)
        elif found and isinstance(found[-1], list):
            found[-1].append(head)
        else:
            found.append([head])
        left = left[1:]
    return found


def _group(glosses: list[str]) -> int:
    """Length of the group that starts here; a longer sentence is never cut short by one."""
    for size in range(min(LONGEST_GROUP, len(glosses)), 0, -1):
        rest = glosses[size:]
        group = TOGETHER.get(tuple(glosses[:size]))
        if group is None:
            continue
        whole = size > 2 and not group.endswith("?")
        follows = bool(rest) and word(rest[0]).is_a("fixed", *(SUBJECTS if whole else ()))
        if not rest or follows or _group(rest):
            return size
    return 0


def _without_repeats(glosses: Sequence[str]) -> list[str]:
    """Return glosses with letters joined to names, and a sign repeated at once taken as one."""
    found: list[str] = []
    letters = ""
    for gloss in [*glosses, ""]:
        if gloss.startswith(SPELLED) and len(gloss) == len(SPELLED) + 1:
            letters += gloss[-1]
            continue
        if letters:
            found.append(SPELLED + letters)
            letters = ""
        if found and (found[-1], gloss) in PAIRS:
            found[-1] = PAIRS[found[-1], gloss]
        elif gloss and (not found or found[-1] != gloss):
            found.append(gloss)
    return found
