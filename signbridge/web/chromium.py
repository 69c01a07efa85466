"""A browser for tests and measurements, whose camera plays an example."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.errors import BadInputError
from signbridge.web.examples import find_examples

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
)  # fmt: skip
SOUND = "--autoplay-policy=no-user-gesture-required"
BEFORE, AFTER = 25, 50  # pictures with the hands down around an example


@contextmanager
def chromium(*flags: str, camera: Path | None = None) -> Iterator[Browser]:
    """Open a browser for as long as the block runs; see `opened`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = opened(playwright, *flags, camera=camera)
        try:
            yield browser
        finally:
            browser.close()


def opened(playwright: Playwright, *flags: str, camera: Path | None = None) -> Browser:
    """Open the machine's Chromium.

    camera: a file of `filmed`, played again and again. Raises BadInputError where no Chromium is
    installed. Needs the packages of requirements-dev.txt.
    """
    path = shutil.which("chromium")
    if path is None:
        raise BadInputError("Chromium is not installed; run `apt-get install chromium`.")
    shown = (f"--use-file-for-fake-video-capture={camera}",) if camera else ()
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags, *shown])


def filmed(example: str, folder: Path) -> Path:
    """Return an example as motion JPEG, with the hands down before it and for two seconds after."""
    import av
    from PIL import Image

    clip = next(each.path for each in find_examples() if each.path.stem == example)
    images = []
    with av.open(str(clip)) as container:
        for picture in container.decode(video=0):
            file = io.BytesIO()
            image = Image.fromarray(picture.to_ndarray(format="rgb24"))
            image.save(file, "JPEG", quality=90)
            images.append(file.getvalue())
    path = folder / f"{example}.mjpeg"
    path.write_bytes(b"".join([images[0]] * BEFORE + images + [images[-1]] * AFTER))
    return path
