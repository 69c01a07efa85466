"""Makes torchvision and torchaudio importable beside a torch that they were not built for.

The registry's torchvision and torchaudio are built for CUDA. Beside a CPU torch their libraries
can't be loaded, and their imports fail: "operator torchvision::nms does not exist", which
transformers and peft fail with, and "Could not load this library: _torchaudio". Nothing here uses
what is in those libraries: resizing, resampling and normalising are torch's own. So it is declared,
without an implementation, and only where the real library can't be loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import torch

_EXTENSION = "torchaudio._extension"
_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_DECLARED: list[torch.library.Library] = []
"""A declaration lasts as long as its library object, so it is kept as long as the program."""


def make_torchvision_loadable() -> None:
    """Declare the missing operators; call it before anything imports torchvision."""
    if "torchvision" in sys.modules or _DECLARED or _torchvision_loads():
        return
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name, arguments in _SCHEMAS.items():
        library.define(name + arguments)  # type: ignore[no-untyped-call]
    _DECLARED.append(library)


def make_torchaudio_loadable() -> None:
    """Say for torchaudio that it has no library; call it before anything imports torchaudio."""
    if "torchaudio" in sys.modules or _EXTENSION in sys.modules or _torchaudio_loads():
        return
    absent = ModuleType(_EXTENSION, "Stands in for a library that does not fit this torch.")
    absent.__dict__.update(_IS_TORCHAUDIO_EXT_AVAILABLE=False, fail_if_no_align=_unchanged)
    sys.modules[_EXTENSION] = absent


def _unchanged(function: Callable[..., object]) -> Callable[..., object]:
    return function


def _torchaudio_loads() -> bool:
    """Load torchaudio's library if it fits this torch; true too where it is not installed."""
    found = find_spec("torchaudio")
    if found is None or found.origin is None:
        return True  # its absence is told by whoever imports it
    try:
        for path in Path(found.origin).parent.glob("lib/_torchaudio*"):
            torch.ops.load_library(str(path))  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return True


def _torchvision_loads() -> bool:
    """Load torchvision's operators if they fit this torch; true too where it is not installed."""
    found = find_spec("torchvision")
    if found is None or found.origin is None:
        return True  # its absence is told by whoever imports it
    try:
        for path in Path(found.origin).parent.glob("_C*"):
            torch.ops.load_library(str(path))  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return hasattr(torch.ops.torchvision, "nms")
