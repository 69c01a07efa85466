"""What is in deploy/ fits together, and says what the code says."""

from __future__ import annotations

import re
import runpy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.xtts.options import Options
from signbridge.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = ("compose.yaml", "compose.cpu.yaml")
MEMORY = runpy.run_path(str(DEPLOY / "memory.py"))


def services(name: str) -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))["services"]


@pytest.mark.parametrize("name", FILES)
def test_every_service_can_be_waited_for(name):
    found = services(name)
    for service in found.values():
        assert service["healthcheck"]["test"]
        for other in service.get("depends_on", {}):
            assert found[other]["healthcheck"]


@pytest.mark.parametrize("name", FILES)
def test_app_is_given_settings_that_exist_and_mean_something(name):
    given = services(name)["app"].get("environment", {})
    known = {PREFIX + each.name.upper() for each in fields(Settings)}
    assert set(given) <= known
    filled = {
        key: re.sub(r"\$\{\w+(?::-(\w+)|[^}]*)\}", r"\1x", value)
        for key, value in given.items()
        if value
        is not None  # Compose takes it from .env or the shell, and leaves out what is unset
    }
    filled |= {key: "piper" for key in filled if key.endswith("_SPEAKER")}
    Settings.from_environment(filled)


@pytest.mark.parametrize("name", FILES)
def test_whatever_limits_visitors_can_be_set_in_the_environment(name):
    page = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    table = page.partition("## Who may do what")[2].partition("A visitor is known")[0]
    limits = set(re.findall(rf"`({PREFIX}\w+)`", table))
    given = services(name)["app"]["environment"]
    assert limits
    assert limits <= set(given)
    assert given[f"{PREFIX}LOGIN"] == "${LOGIN:-none}"


def test_example_of_the_environment_names_every_variable():
    used = set()
    for name in FILES:
        used |= set(re.findall(r"\$\{(\w+)", (DEPLOY / name).read_text(encoding="utf-8")))
    lines = (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    offered = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    # Compose itself reads which profiles are on.
    assert used | {"COMPOSE_PROFILES"} == offered


def test_voice_whose_licence_nobody_accepted_holds_nothing_up():
    found = services("compose.yaml")
    assert found["xtts"]["profiles"] == ["xtts"]
    assert found["xtts"]["environment"]["XTTS_LICENCE"] == "${XTTS_LICENCE:-unread}"
    assert found["app"]["depends_on"]["xtts"]["required"] is False


def test_voice_server_is_given_options_that_exist():
    given = services("compose.yaml")["xtts"]["environment"]
    assert set(given) <= {f"XTTS_{each.name.upper()}" for each in fields(Options)}


def test_image_that_compose_names_is_the_one_that_the_dockerfile_names():
    base = re.search(
        r"^ARG BASE=(\S+)$", (DEPLOY / "xtts" / "Dockerfile").read_text(), re.MULTILINE
    )
    assert base is not None
    wanted = services("compose.yaml")["xtts"]["build"]["args"]["BASE"]
    assert wanted == f"${{XTTS_BASE:-{base[1]}}}"
    assert f"XTTS_BASE={base[1]}" in (DEPLOY / ".env.example").read_text().splitlines()


def test_secrets_and_weights_reach_neither_the_image_nor_the_repository():
    image = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    repository = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"**/.env", "deploy/merged"} <= set(image)
    assert {"deploy/.env", "deploy/merged/"} <= set(repository)


def test_addresses_are_those_of_the_services():
    found = services("compose.yaml")
    hosts = {
        host
        for value in filter(None, found["app"]["environment"].values())
        for host in re.findall(r"//(\w+):8000", value)
    }
    assert hosts == set(found) - {"app"}


def test_cache_of_a_token_is_that_of_the_models_shape():
    llama = MEMORY["LLAMA"]
    # 32 layers, 8 heads of 128, keys and values, two bytes each.
    assert llama.token_kib * 1024 == 32 * 8 * 128 * 2 * 2
    assert llama.cache_gib == pytest.approx(32 * 8192 * 131072 / 2**30)
    assert MEMORY["XTTS"].cache_gib == 0


def test_share_of_the_card_covers_what_is_needed_there():
    found = services("compose.yaml")
    card = next(card for card in MEMORY["CARDS"] if card.name == "MI300X")
    for service, model in (("llama", MEMORY["LLAMA"]), ("video", MEMORY["QWEN"])):
        command = found[service]["command"]
        share = float(
            re.search(r":-([\d.]+)", command[command.index("--gpu-memory-utilization") + 1])[1]
        )
        assert model.total_gib <= share * card.memory_gb * 1e9 / 2**30


def test_hosting_page_has_the_computed_tables():
    page = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    assert MEMORY["models_table"]() in page
    assert MEMORY["cards_table"]() in page
