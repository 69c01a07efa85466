"""A trained model folder -> model.onnx beside its weights, stored in half precision as they are.

`python -m signbridge.training.onnx_export signbridge/assets/signs`
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from signbridge.recognize.landmark.checkpoint import ONNX_MODEL, load_checkpoint

OPSET = 17
LARGE = 256  # values from which a tensor is worth storing in half precision


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write_onnx(parser.parse_args().folder)


def write_onnx(folder: Path) -> None:
    """Write `model.onnx` into a model folder; its answers are those of the stored weights."""
    network = load_checkpoint(folder).network
    example = torch.zeros(1, network.config.steps, 2, 21, 3)
    path = folder / ONNX_MODEL
    batch = {0: "signs"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about slices that are not folded, and this exporter's age
        torch.onnx.export(
            network,
            (example,),
            str(path),
            input_names=["hands"],
            output_names=["logits"],
            dynamic_axes={"hands": batch, "logits": batch},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(str(path))
    _store_in_half(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _store_in_half(graph: onnx.GraphProto) -> None:
    """Store large weights as float16, without loss, and cast them back where a session starts."""
    casts = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        half = values.astype(np.float16)
        # What the exporter folded into other weights has no exact half any more.
        if values.dtype != np.float32 or values.size < LARGE or (half != values).any():
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


if __name__ == "__main__":
    main()
