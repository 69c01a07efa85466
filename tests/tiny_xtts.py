"""An XTTS of random weights in the real one's files and classes, for tests alone: it babbles.

    python -m tests.tiny_xtts 8021

serves it as deploy/xtts serves the real one.
"""

from __future__ import annotations

import string
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

needs_xtts = pytest.mark.skipif(
    find_spec("TTS") is None, reason="coqui-tts is not installed: requirements-xtts.txt"
)
SPEAKERS = ("Ada", "Ben")
SPECIAL = ("[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]")
WIDTH = 64
MOST_TOKENS = 60


@contextmanager
def narrow(channels: int = 16) -> Iterator[None]:
    """Build the decoder with few channels, not 512: XTTS's own configuration can't say so."""
    from signbridge.torch_extensions import make_torchaudio_loadable, make_torchvision_loadable

    make_torchvision_loadable()
    make_torchaudio_loadable()
    from TTS.tts.models import xtts

    with pytest.MonkeyPatch.context() as patch:
        small = partial(xtts.HifiDecoder, upsample_initial_channel_decoder=channels)
        patch.setattr(xtts, "HifiDecoder", small)
        yield


def save_xtts(folder: Path, most_tokens: int = MOST_TOKENS) -> Path:
    """Write the tiny model, its tokenizer and two made-up speakers to `folder`."""
    import torch
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts

    torch.manual_seed(0)
    vocabulary = folder / "vocab.json"
    _tokenizer(vocabulary)
    config = XttsConfig(
        model_args=XttsArgs(
            gpt_layers=2,
            gpt_n_model_channels=WIDTH,
            gpt_n_heads=2,
            gpt_max_audio_tokens=most_tokens,
            gpt_use_perceiver_resampler=True,
            decoder_input_dim=WIDTH,
            gpt_num_audio_tokens=66,
            gpt_start_audio_token=64,
            gpt_stop_audio_token=65,
        )
    )
    config.save_json(str(folder / "config.json"))
    model = Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=str(vocabulary))
    model.init_models()
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    speakers = {
        name: {
            "gpt_cond_latent": torch.randn(1, 32, WIDTH),
            "speaker_embedding": torch.randn(1, 512, 1),
        }
        for name in SPEAKERS
    }
    torch.save(speakers, folder / "speakers_xtts.pth")
    return folder


def _tokenizer(path: Path) -> None:
    from tokenizers import Tokenizer, models

    letters = string.ascii_lowercase + string.digits + ".,!?'-;:"
    vocabulary = {token: number for number, token in enumerate((*SPECIAL, *letters))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.save(str(path))


def main(port: int) -> None:
    """Serve the tiny model until stopped."""
    import uvicorn

    from deploy.xtts.__main__ import load
    from deploy.xtts.options import Options
    from deploy.xtts.server import make_app

    with tempfile.TemporaryDirectory() as folder, narrow():
        model = load(Options(weights=save_xtts(Path(folder)), licence="accepted"))
        uvicorn.run(make_app(model, places=4), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
