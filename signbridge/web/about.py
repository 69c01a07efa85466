"""The About tab: what the app can do, its models' measured figures, licences and privacy."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from signbridge.settings import Settings
from signbridge.web.benchmarks import REPORTS
from signbridge.web.votes import MEMORY

KEPT_S = 600
"""Temporary files are deleted before they are older than this."""
ASSETS = Path(__file__).resolve().parents[1] / "assets"

ABILITIES = """
<section><h3>What it can do</h3>
<ul><li>It names single signs of American Sign Language (ASL) from video, one after another, and
writes an English sentence from the signs it named.</li>
<li>It shows its score and its next guesses for every sign, and says “Not recognized” when it is
not sure.</li>
<li>Everything it speaks is also written, and can be downloaded as captions.</li></ul></section>
<section><h3>What it can't do</h3>
<ul><li>It reads ASL only. Other sign languages have other signs.</li>
<li>It is not an interpreter. It knows a limited list of signs, is sure of few that follow one
another without a pause, and does not read facial grammar, classifiers or the use of space.</li>
<li>It learned from few signers. Expect more mistakes with other skin tones, clothes, light,
angles, ages and regional signs than it was measured on.</li>
<li><strong>Do not use it for medical, legal or emergency matters,</strong> or wherever a mistake
can hurt someone. Ask for a qualified interpreter.</li></ul></section>
"""

LICENCES = """
<section><h3>Licences</h3>
<dl class="sb-facts">
<div><dt>Code</dt><dd>MIT</dd></div>
<div><dt>Sign models, drawn signs and examples</dt><dd>Made from WLASL, whose terms (C-UDA) allow
academic and computational use only: no commercial use.</dd></div>
<div><dt>Landmarks</dt><dd>MediaPipe Holistic, Apache-2.0</dd></div>
"""
VOICES = {
    "piper": "Piper engine, GPL-3.0; voice “joe” from public-domain (CC0) recordings",
    "xtts": "XTTS v2, Coqui Public Model License: no commercial use",
    "speech-endpoint": "made by another server under its model's licence; XTTS v2 allows no "
    "commercial use. Where it fails: Piper, GPL-3.0",
}


def about(settings: Settings, notices: tuple[str, ...] = (), assets: Path = ASSETS) -> str:
    """Return the whole tab; `notices` say what is switched off on this server."""
    return (
        f'<article class="sb-about">{ABILITIES}{_models(assets)}{_running(settings, notices)}'
        f"{_privacy(settings)}{_licences(settings)}</article>"
    )


def read_cards(folder: Path) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return (model name, card) of every model folder that has a readable card."""
    cards = []
    for path in sorted(folder.glob("*/card.json")):
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(card, dict):
            cards.append((path.parent.name, card))
    return tuple(cards)


def _models(folder: Path) -> str:
    cards = read_cards(folder)
    if not cards:
        return (
            "<section><h3>Models and how well they do</h3>"
            '<p class="sb-quiet">No model card is installed, so no figure is given.</p></section>'
        )
    return (
        "<section><h3>Models and how well they do</h3>"
        + "".join(_model(name, card) for name, card in cards)
        + (
            '<p class="sb-quiet">Top 1: the right sign was its first answer. Top 5: it was among '
            "its first five. In brackets: between what other clips of the kind would likely give "
            "(95% interval). Chance: what blind guessing would score.</p></section>"
        )
    )


def _model(name: str, card: dict[str, object]) -> str:
    task = escape(str(card.get("task") or card.get("what") or "model"))
    parameters = card.get("parameters")
    size = f"{parameters:,} parameters. " if isinstance(parameters, int) else ""
    licence = escape(str(card.get("licence", "")))
    return (
        f"<h4>{escape(name)}</h4><p>{task[:1].upper()}{task[1:]}. {size}</p>"
        f'{_measured(name, card)}<p class="sb-quiet">{licence}</p>'
    )


def _measured(name: str, card: dict[str, object]) -> str:
    """Return the card's scores as a table, or where a table does not fit its words or report's."""
    if not card.get("scores"):
        report = Path(str(card.get("report", name))).name
        summary = card.get("summary") or _summary(REPORTS / report / "report.json")
        if summary:
            return f"<p>{escape(str(summary))}</p>"
    return _scores(card.get("scores"))


def _summary(report: Path) -> str:
    try:
        return str(json.loads(report.read_text(encoding="utf-8")).get("summary", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _scores(scores: object) -> str:
    lines = [line for line in scores if isinstance(line, dict)] if isinstance(scores, list) else []
    if not lines:
        return '<p class="sb-quiet">Its card gives no scores.</p>'
    columns = (("n", "Clips"), ("top1", "Top 1"), ("top5", "Top 5"), ("chance", "Chance"))
    heads = "".join(f'<th scope="col">{label}</th>' for _, label in columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(line.get("data", "")))}</th>'
        + "".join(
            f'<td data-label="{label}">{_figure(line.get(key))}{_interval(line, key)}</td>'
            for key, label in columns
        )
        + "</tr>"
        for line in lines
    )
    return (
        '<table class="sb-table"><thead><tr><th scope="col">Measured on</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else "not measured"


def _interval(line: dict[str, object], key: str) -> str:
    intervals = line.get("intervals")
    found = intervals.get(key) if isinstance(intervals, dict) else None
    if not isinstance(found, dict):
        return ""
    ends = found.get("low"), found.get("high")
    known = all(isinstance(end, float) for end in ends)
    return f" ({_figure(ends[0])} to {_figure(ends[1])})" if known else ""


def _running(settings: Settings, notices: tuple[str, ...]) -> str:
    off = "".join(f"<li>{escape(text)}</li>" for text in notices)
    facts = (
        ("Recognizers", ", ".join(settings.recognizers)),
        ("Sentences", settings.composer),
        ("Voice", settings.speaker),
        ("Limits", f"{settings.max_clip_s:g} s and {settings.max_clip_mb:g} MB a clip, "
                   f"{settings.max_sessions} live visitors at once"),
    )  # fmt: skip
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return (
        f'<section><h3>Running here</h3><dl class="sb-facts">{rows}</dl>'
        f"{f'<ul>{off}</ul>' if off else ''}</section>"
    )


def _privacy(settings: Settings) -> str:
    named = "; ".join(f"{host} (sent there: {what})" for host, what in settings.contacts)
    contacts = (
        f"Hosts contacted: {escape(named)}. The page loads nothing from elsewhere."
        if named
        else "Hosts contacted: none. Every model runs on this server, and the page loads nothing "
        "from elsewhere."
    )
    dropped = "as its sentence ends" if settings.keeps_pictures else "at once"
    return (
        "<section><h3>Privacy</h3><ul>"
        f"<li>Live pictures are looked at in memory and dropped {dropped}. They are never written "
        "to disk, and no visitor sees another's.</li>"
        "<li>An uploaded clip, and the copy with landmarks drawn over it, are temporary files. "
        f"They are deleted after {KEPT_S // 60} minutes at the latest; nothing else is kept.</li>"
        "<li>A vote on a comparison is kept only with consent, as the recognizers' names and the "
        f"choice, {_votes_kept(settings)}; no clip goes with it.</li>"
        "<li>Signs shown under Make it yours are kept in memory as the places of your hands, for "
        "you alone, until you close the page or stay away for half an hour; the server keeps no "
        "copy of the file you download or load.</li>"
        "<li>A live place is given up when the page is closed, or when it has given no sign of "
        f"life for {settings.session_idle_s:g} s.</li>"
        f"<li>{contacts}</li></ul></section>"
    )


def _licences(settings: Settings) -> str:
    voice = VOICES.get(settings.speaker)
    row = f"<div><dt>Voice</dt><dd>{voice}</dd></div>" if voice else ""
    return f"{LICENCES}{row}</dl></section>"


def _votes_kept(settings: Settings) -> str:
    in_memory = settings.votes_path == MEMORY
    return "in memory until the program ends" if in_memory else "in a database on this server"
