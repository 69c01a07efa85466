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
    from playwright.sync_api import Browser, Page, Playwright, Response

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
)  # fmt: skip
SOUND = "--autoplay-policy=no-user-gesture-required"
BEFORE, AFTER = 25, 50  # pictures with the hands down around an example
WAIT_MS = 600_000
"""What does not come in this time never comes, however much else the machine has to do."""


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
    return playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, *flags, *shown], timeout=WAIT_MS
    )


def visit(page: Page, address: str) -> None:
    """Open the app's page; return when its controls answer. Nothing on it times out sooner."""
    page.set_default_timeout(WAIT_MS)
    with page.expect_response(_is_first_answer):
        page.goto(address)
    page.wait_for_selector("#examples button")


def _is_first_answer(response: Response) -> bool:
    # Gradio's load events have no data. It sends them once every control is bound; a timer, sooner.
    asked = response.request.post_data if "/queue/join" in response.url else None
    return '"event_data":null' in (asked or "")


def filmed(example: str, folder: Path, slower: int = 1) -> Path:
    """Return an example as motion JPEG, with the hands down before it and for two seconds after.

    slower: how many times each picture of the example is shown, for a machine that is too busy to
    look at enough of them.
    """
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
    shown = [image for image in images for _ in range(slower)]
    path.write_bytes(b"".join([images[0]] * BEFORE + shown + [images[-1]] * AFTER))
    return path
