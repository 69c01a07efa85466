"""Load XTTS, let it say a word, and serve it."""

from __future__ import annotations

import logging
import sys

import uvicorn

from deploy.xtts.options import Options, folder
from deploy.xtts.server import make_app
from signbridge.errors import BackendUnavailableError, SettingsError, SignBridgeError
from signbridge.speak.voice import Voice
from signbridge.speak.xtts_model import TERMS, XttsModel


def main() -> int:
    """Serve until stopped; 2 with one line on standard error where that is impossible."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        options = Options.from_environment()
        model = load(options)
    except SignBridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    # The health check finds nobody until here: the model is loaded and has spoken.
    app = make_app(model, options.places, options.key)
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning")
    return 0


def load(options: Options) -> XttsModel:
    """Return the model after its first word, which takes longest on a GPU."""
    if options.licence != "accepted":
        raise SettingsError(
            f"{TERMS}; read the licence, and if you accept it, set XTTS_LICENCE=accepted"
        )
    model = XttsModel(folder(options), options.device)
    if not any(len(piece) for piece in model.stream("Hello.", Voice())):
        raise BackendUnavailableError("XTTS gave no sound for its first word")
    return model


if __name__ == "__main__":
    raise SystemExit(main())
