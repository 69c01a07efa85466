"""The hosted Space's entry: settings -> build -> launch."""

from __future__ import annotations

from signbridge.build import build
from signbridge.errors import SettingsError
from signbridge.settings import Settings
from signbridge.web.ui import launch


def main() -> None:
    """Serve the app with the settings of the environment."""
    try:
        settings = Settings.from_environment()
        launch(settings, lambda: build(settings))
    except SettingsError as error:
        raise SystemExit(f"signbridge: {error}") from error


if __name__ == "__main__":
    main()
