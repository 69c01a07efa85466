"""A tiny random Qwen3-VL learns from small copies of the project's own examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from signbridge.errors import CheckpointError
from signbridge.recognize.video.local import model_inputs
from signbridge.recognize.video.prompt import PROMPTS
from signbridge.recognize.video.weights import Weights, load_model
from signbridge.training.video import loop
from signbridge.training.video.batches import Batch, Clips, example, joined
from signbridge.training.video.clips import prepared
from signbridge.training.video.config import Stage, VideoTrainConfig
from signbridge.training.video.export import export_adapter
from signbridge.training.video.loop import Run, seed_everything, train
from signbridge.training.video.loss import IGNORED
from signbridge.training.video.manifest import Row
from signbridge.training.video.model import Trainee
from signbridge.training.video.run import make_accelerator
from signbridge.training.video.state import identity_of, random_state, trained_weights
from signbridge.training.video.tiers import tier_of

RATES = (2e-3, 2e-3, 2e-3, 2e-3)
CONFIG = VideoTrainConfig(
    stages=(Stage("first", ("a",), 2, RATES), Stage("second", ("b",), 2, RATES)),
    batch=2,
    micro_batch=1,
    workers=0,
    vision_first=0.5,
    contrast_after=1,
    contrast_queue=3,
    save_every=2,
    validate_every=2,
)
CPU = torch.device("cpu")


MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(tmp_path: Path, base: Path, processor: Any, rows: list[Row], cache: Path) -> MakeRun:
    def made(config: VideoTrainConfig = CONFIG, name: str = "out") -> Run:
        def clips(source: str) -> Clips:
            chosen = [row for row in rows if row.source == source]
            return Clips(chosen, processor, config.prompt, cache)

        return Run(
            config=config,
            stages=tuple(clips(stage.sources[0]) for stage in config.stages),
            val=clips("b"),
            base=str(base),
            state=tmp_path / name / "state.pt",
            adapter=tmp_path / name / "adapter",
            identity=identity_of(config, str(base), {"train": "x"}, 1),
        )

    return made


def new_trainee(run: Run) -> Trainee:
    seed_everything(run.config.seed)
    return Trainee(load_model(Weights(run.base), CPU), run.config)


def trained(run: Run, resume: bool = False) -> Trainee:
    trainee = new_trainee(run)
    train(run, trainee, make_accelerator(run.config), resume)
    return trainee


def moved(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    """Return the tiers of which any weight differs."""
    return {tier_of(name) for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.slow
def test_the_loss_falls(make_run: MakeRun) -> None:
    stage = Stage("first", ("b",), 16, (1e-2, 1e-2, 1e-2, 1e-2))
    run = make_run(replace(CONFIG, stages=(stage,), vision_first=0.0, validate_every=4))
    trainee = new_trainee(run)
    history = train(run, trainee, make_accelerator(run.config), False).history
    assert history[-1]["step"] == 16
    assert history[-1]["val_loss"] < history[0]["val_loss"] - 0.5


def test_each_tier_moves_when_and_only_when_it_should(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(replace(CONFIG, stages=(replace(CONFIG.stages[0], epochs=4),)))
    trainee = new_trainee(run)
    seen = [trained_weights(trainee)]
    take_step = loop.take_step

    def watched(*given: Any) -> dict[str, float]:
        norms = take_step(*given)
        seen.append(trained_weights(trainee))
        return norms

    monkeypatch.setattr(loop, "take_step", watched)
    train(run, trainee, make_accelerator(run.config), False)
    # 4 steps: the first half is vision's and the heads', whose loss counts from the second on.
    assert [moved(*pair) for pair in pairwise(seen)] == [
        {"vision"},
        {"vision", "contrast"},
        {"language", "vision", "head", "contrast"},
        {"language", "vision", "head", "contrast"},
    ]


@pytest.mark.slow
def test_the_base_itself_never_moves(make_run: MakeRun) -> None:
    run = make_run()
    trainee = trained(run)
    untouched = load_model(Weights(run.base), CPU).state_dict()
    own = {
        name.replace(".base_layer", ""): weight
        for name, weight in trainee.adapted.get_base_model().state_dict().items()
        if "lora_" not in name
    }
    assert own.keys() == untouched.keys()
    assert all(torch.equal(own[name], untouched[name]) for name in own)


def test_every_tier_has_the_layers_and_ranks_of_the_recipe(make_run: MakeRun) -> None:
    trainee = new_trainee(make_run())
    found: dict[str, set[tuple[str, int, float]]] = {}
    for name, module in trainee.adapted.named_modules():
        if hasattr(module, "lora_dropout") and hasattr(module, "r"):
            tier = tier_of(name + ".lora_A.default.weight")
            part = (name.split(".")[-1], module.r["default"], module.scaling["default"])
            found.setdefault(tier, set()).add(part)
    named = {tier: {name for name, _, _ in parts} for tier, parts in found.items()}
    assert named == {
        "language": {
            *("q_proj", "k_proj", "v_proj", "o_proj"),
            *("gate_proj", "up_proj", "down_proj"),
        },
        "vision": {"qkv", "proj", "linear_fc1", "linear_fc2", "pos_embed"},
        "head": {"lm_head"},
    }
    for tier, rank in (("language", 16), ("vision", 32), ("head", 8)):
        assert {parts[1:] for parts in found[tier]} == {(rank, 2 * rank / rank**0.5)}


@pytest.mark.slow
@pytest.mark.parametrize("stopped_at", [1, 3])
def test_a_resumed_run_equals_an_unbroken_one(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, stopped_at: int
) -> None:
    config = replace(CONFIG, save_every=1)
    whole, broken = make_run(config, "whole"), make_run(config, "broken")
    expected = trained_weights(trained(whole))
    take_step = loop.take_step

    def stopping(optimiser: Any, schedule: Any, step: int, max_norm: float) -> dict[str, float]:
        if step == stopped_at:
            raise KeyboardInterrupt
        return take_step(optimiser, schedule, step, max_norm)

    monkeypatch.setattr(loop, "take_step", stopping)
    with pytest.raises(KeyboardInterrupt):
        trained(broken)
    monkeypatch.setattr(loop, "take_step", take_step)
    torch.rand(7)
    np.random.rand(7)
    found = trained_weights(trained(broken, resume=True))
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    one, other = (torch.load(run.state, weights_only=False) for run in (whole, broken))
    assert one["progress"] == other["progress"]
    assert torch.equal(one["queue"]["video"], other["queue"]["video"])
    assert torch.equal(one["randoms"][0]["torch"], other["randoms"][0]["torch"])


@pytest.mark.slow
def test_a_run_is_not_resumed_with_another_recipe(make_run: MakeRun) -> None:
    trained(make_run())
    with pytest.raises(CheckpointError, match="another configuration"):
        trained(make_run(replace(CONFIG, dropout=0.5)), resume=True)


def test_a_broken_checkpoint_says_so(make_run: MakeRun) -> None:
    run = make_run()
    run.state.parent.mkdir(parents=True)
    run.state.write_bytes(b"half")
    with pytest.raises(CheckpointError, match=r"state\.pt can't be read"):
        trained(run, resume=True)


def test_validation_leaves_the_random_state_alone(make_run: MakeRun) -> None:
    run = make_run()
    trainee, before = new_trainee(run), random_state()
    loop.validation_loss(make_accelerator(run.config), trainee, run.val, run.config)
    assert torch.equal(before["torch"], random_state()["torch"])
    assert trainee.training


def test_a_larger_micro_batch_gives_the_same_gradient(make_run: MakeRun) -> None:
    """Padding, and what a clip shares its batch with, change nothing."""
    clips = make_run().val
    examples = [clips[0], clips[1]]
    trainee = new_trainee(make_run(replace(CONFIG, dropout=0.0)))
    separate = torch.cat([trainee(one)[0] for one in examples])
    together = trainee(clips.join(examples))
    assert torch.allclose(together[0], separate, atol=1e-5)
    assert together[1].shape == together[2].shape == (2, CONFIG.contrast_size)


def test_only_the_words_of_the_answer_are_learned(
    rows: list[Row], cache: Path, processor: Any
) -> None:
    prompt = PROMPTS["training"]
    clip = prepared(rows[0].path, cache)
    one = example(processor, prompt, clip, rows[0].text)
    learned = one.labels[0] != IGNORED
    answer = processor.tokenizer.decode(one.ids[0][learned])
    assert answer == rows[0].text + "<|im_end|>"
    asked = model_inputs(processor, prompt, clip)
    assert torch.equal(one.ids[0][~learned], asked["input_ids"][0])
    longer = example(processor, prompt, clip, "A much longer sentence, by far.")
    both = joined([one, longer], padding=0)
    assert torch.equal(both.labels[0] != IGNORED, both.mask[0].bool() & learned_at(both, one))


def learned_at(both: Batch, one: Batch) -> Tensor:
    places = torch.arange(both.ids.shape[1])
    words = int((one.labels != IGNORED).sum())
    return (places >= one.ids.shape[1] - words) & (places < one.ids.shape[1])


@pytest.mark.slow
def test_the_exported_adapter_loads_and_answers_the_same(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    trainee = trained(run).eval()
    export_adapter(trainee, tmp_path / "adapter", run.base)
    loaded = load_model(Weights(run.base, adapter=str(tmp_path / "adapter")), CPU)
    bare = load_model(Weights(run.base), CPU)
    batch = run.val[0]
    given = {
        "input_ids": batch.ids,
        "attention_mask": batch.mask,
        "mm_token_type_ids": batch.kinds,
        "pixel_values_videos": batch.pixels,
        "video_grid_thw": batch.grid,
    }
    with torch.no_grad():
        expected, found, without = (
            model(**given).logits for model in (trainee.adapted, loaded, bare)
        )
    assert torch.allclose(expected, found, atol=1e-6)
    assert not torch.allclose(expected, without, atol=1e-3)


def test_a_base_in_bfloat16_is_trained_with_an_adapter_in_float32(make_run: MakeRun) -> None:
    run = make_run(replace(CONFIG, contrast_weight=1.0))
    trainee = Trainee(load_model(Weights(run.base), CPU).to(torch.bfloat16), run.config)
    trainee.train()
    with torch.autocast("cpu", torch.bfloat16):
        losses, video, text = trainee(run.val.join([run.val[0], run.val[1]]))
    (losses.mean() + (video - text).pow(2).sum()).backward()
    for name, parameter in trainee.named_parameters():
        if parameter.requires_grad:
            assert parameter.dtype == torch.float32, name
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
