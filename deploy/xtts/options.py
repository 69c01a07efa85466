"""Environment -> what the voice server is to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from signbridge.errors import SettingsError

REPOSITORY = "tts-hub/XTTS-v2"
FILES = ("config.json", "model.pth", "vocab.json", "speakers_xtts.pth")


@dataclass(frozen=True, slots=True)
class Options:
    """XTTS_<FIELD> in the environment sets a field.

    weights: a folder; what is missing there is fetched from the hub at `revision`, a commit.
    licence: "accepted" says that you accept the licence of the weights.
    device: as torch names it; "auto" is a GPU where there is one.
    key: what who asks must show, as `Authorization: Bearer KEY`; empty lets everybody in.
    places: so many may wait for their turn.
    """

    weights: Path = Path("/weights/xtts")
    revision: str = ""
    licence: str = "unread"
    device: str = "auto"
    key: str = field(default="", repr=False)
    places: int = 16
    host: str = "0.0.0.0"
    port: int = 8000

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Options:
        """Return what `env` (default: the process environment) asks for."""
        env = os.environ if env is None else env
        default = cls()

        def text(name: str, otherwise: object) -> str:
            return env.get(f"XTTS_{name}", "").strip() or f"{otherwise}"

        try:
            places, port = int(text("PLACES", default.places)), int(text("PORT", default.port))
        except ValueError as error:
            raise SettingsError(
                f"XTTS_PLACES and XTTS_PORT: give whole numbers ({error})"
            ) from None
        if places < 1:
            raise SettingsError(f"XTTS_PLACES={places} means nothing; give 1 or more")
        return cls(
            weights=Path(text("WEIGHTS", default.weights)),
            revision=text("REVISION", default.revision),
            licence=text("LICENCE", default.licence),
            device=text("DEVICE", default.device),
            key=text("KEY", default.key),
            places=places,
            host=text("HOST", default.host),
            port=port,
        )


def folder(options: Options) -> Path:
    """Return where the weights are, and fetch them first if they are not there."""
    missing = [name for name in FILES if not (options.weights / name).is_file()]
    if not missing:
        return options.weights
    if not options.revision:
        raise SettingsError(
            f"{', '.join(missing)} not in {options.weights}; put them there, or set XTTS_REVISION "
            f"to a commit of {REPOSITORY} to fetch them"
        )
    from huggingface_hub import snapshot_download

    snapshot_download(
        REPOSITORY, revision=options.revision, local_dir=options.weights, allow_patterns=list(FILES)
    )
    return options.weights
