"""Prepared clips and their sentences -> what the model takes, only the answer to be learned."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from signbridge.recognize.video.local import model_inputs
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import PROMPTS, Prompt, as_text
from signbridge.torch_extensions import make_torchvision_loadable
from signbridge.training.video.clips import prepared
from signbridge.training.video.loss import IGNORED
from signbridge.training.video.manifest import Row


@dataclass(frozen=True, slots=True)
class Batch:
    """Some clips and their sentences.

    ids, mask, kinds, labels: (B, L), padded on the right; kinds tell pictures from words.
    pixels: (patches, patch size), the clips' one after another; grid: (B, 3) of patches.
    names: (B,) which sentence it is.
    """

    ids: Tensor
    mask: Tensor
    kinds: Tensor
    labels: Tensor
    pixels: Tensor
    grid: Tensor
    names: Tensor

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


def example(processor: Any, prompt: Prompt, clip: PreparedClip, text: str) -> Batch:
    """Return one clip with its sentence.

    The words of the answer are put behind exactly what the recognizer asks, so that no token at
    the seam differs between training and serving.
    """
    asked = model_inputs(processor, prompt, clip)
    question, whole = as_text(processor, prompt), as_text(processor, prompt, text)
    assert whole.startswith(question), "the chat template does not continue its own question"
    answer = whole[len(question) :].rstrip()
    words = processor.tokenizer(answer, add_special_tokens=False, return_tensors="pt")["input_ids"]
    words = words.to(torch.int64)
    ids = torch.cat([asked["input_ids"], words], dim=1)
    labels = ids.clone()
    labels[:, : -words.shape[1]] = IGNORED
    return Batch(
        ids=ids,
        mask=torch.ones_like(ids),
        kinds=torch.cat([asked["mm_token_type_ids"], torch.zeros_like(words)], dim=1),
        labels=labels,
        pixels=asked["pixel_values_videos"],
        grid=asked["video_grid_thw"],
        names=torch.tensor([name_of(text)]),
    )


def name_of(text: str) -> int:
    """Return a number for a sentence, the same in every process and run."""
    digest = hashlib.sha256(text.casefold().encode()).digest()
    return int.from_bytes(digest[:7], "big")


def joined(examples: Sequence[Batch], padding: int) -> Batch:
    """Return examples as one batch; `padding` fills up the shorter ones."""
    length = max(one.ids.shape[1] for one in examples)

    def padded(name: str, fill: int) -> Tensor:
        rows = [getattr(one, name) for one in examples]
        return torch.cat(
            [torch.nn.functional.pad(row, (0, length - row.shape[1]), value=fill) for row in rows]
        )

    return Batch(
        ids=padded("ids", padding),
        mask=padded("mask", 0),
        kinds=padded("kinds", 0),
        labels=padded("labels", IGNORED),
        pixels=torch.cat([one.pixels for one in examples]),
        grid=torch.cat([one.grid for one in examples]),
        names=torch.cat([one.names for one in examples]),
    )


class Clips(Dataset[Batch]):
    """The rows of a manifest as examples, prepared when asked for."""

    def __init__(self, rows: Sequence[Row], processor: Any, prompt: str, cache: Path) -> None:
        self.rows = rows
        self._processor = processor
        self._prompt = prompt
        self.cache = cache

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Batch:
        row = self.rows[place]
        clip = prepared(row.path, self.cache)
        return example(self._processor, PROMPTS[self._prompt], clip, row.text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process, where torchvision must be loadable before the processor is."""
        return _restored, (self.rows, pickle.dumps(self._processor), self._prompt, self.cache)

    def join(self, examples: Sequence[Batch]) -> Batch:
        """Return examples as one batch."""
        return joined(examples, self._processor.tokenizer.pad_token_id)


def _restored(rows: Sequence[Row], processor: bytes, prompt: str, cache: Path) -> Clips:
    make_torchvision_loadable()
    return Clips(rows, pickle.loads(processor), prompt, cache)


def load(clips: Clips, places: Sequence[list[int]], workers: int) -> Iterator[Batch]:
    """Yield a batch for each list of places, prepared ahead by other processes."""
    return iter(
        DataLoader(
            clips,
            batch_sampler=places,
            collate_fn=clips.join,
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
            # Its own: a loader draws from the generator that dropout uses, and a resumed run
            # would differ from an unbroken one.
            generator=torch.Generator().manual_seed(0),
        )
    )
