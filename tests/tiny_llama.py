"""A Llama of a few thousand parameters, made on the spot, served by `transformers serve`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from signbridge.compose.chat.prompt import SYSTEM
from signbridge.compose.chat.retrieval import examples

START_S = 900.0
"""It takes 7 s; on a machine that runs other things beside a test, minutes."""
ROOT = Path(__file__).parents[1]
SERVE = """
import sys
from signbridge.torch_extensions import make_torchvision_loadable
make_torchvision_loadable()
from transformers.cli.transformers import main
sys.argv[0] = "transformers"
sys.exit(main())
"""
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}"
    "<assistant>"
)


def make(folder: Path) -> Path:
    """Write a Llama with random weights, and a tokenizer trained on the project's examples."""
    from signbridge.torch_extensions import make_torchvision_loadable

    make_torchvision_loadable()
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    words.train_from_iterator([SYSTEM, *(one.english for one in examples())], trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A server that runs, or is to be started."""

    model: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it speaks the OpenAI protocol."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Start it; return once it is well."""
        cache = self.model.parent / "cache"
        cache.mkdir(exist_ok=True)
        own = {"HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
        options = ("--host", "127.0.0.1", "--port", str(self.port), "--device", "cpu")
        log = self.model.parent / "log.txt"
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, "serve", self.model, *options],
                cwd=ROOT,
                env={**os.environ, **own},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            assert self.process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        raise TimeoutError("transformers serve did not become well")

    def stop(self) -> None:
        """End it, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)
            self.process = None
