"""The network as ONNX Runtime runs it: the same answers as PyTorch in a fraction of the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.recognize.landmark.checkpoint import ONNX_MODEL


class OnnxNetwork:
    """`model.onnx` of a model folder, on one thread: visitors' segments do not fight for cores."""

    def __init__(self, folder: Path) -> None:
        """Load the file; raise `CheckpointError` if it can't be."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / ONNX_MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as cause:
            raise CheckpointError(f"{folder / ONNX_MODEL} can't be loaded: {cause}") from cause

    def __call__(self, hands: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits (B, classes) from hands (B, steps, 2, 21, 3)."""
        (logits,) = self._session.run(None, {"hands": hands})
        return np.asarray(logits, dtype=np.float32)
