"""Makes torchvision importable beside a torch that it was not built for.

The registry's torchvision is built for CUDA. Beside a CPU torch its library can't be loaded, and
its import ends with "operator torchvision::nms does not exist"; transformers and peft fail with
it. Nothing here uses those operators: resizing and normalising are torch's own. So their schemas
are declared, without an implementation, and only where the real library can't be loaded.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import torch

_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_DECLARED: list[torch.library.Library] = []
"""A declaration lasts as long as its library object, so it is kept as long as the program."""


def make_torchvision_loadable() -> None:
    """Declare the missing operators; call it before anything imports torchvision."""
    if "torchvision" in sys.modules or _DECLARED or _library_loads():
        return
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name, arguments in _SCHEMAS.items():
        library.define(name + arguments)  # type: ignore[no-untyped-call]
    _DECLARED.append(library)


def _library_loads() -> bool:
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
