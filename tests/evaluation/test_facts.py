"""What a report says of a model: enough to know it again, nothing of where it lies."""

from __future__ import annotations

from signbridge.evaluation.facts import facts_of


class Endpoint:
    def __init__(self, **about: str) -> None:
        self.about = about


def test_a_servers_address_and_a_folder_stay_out_of_a_report():
    facts = facts_of(
        Endpoint(
            model="/home/some one/qwen + /home/someone/adapter", device="http://10.1.2.3:8000/v1"
        )
    )
    assert facts is not None
    assert facts.about == {"model": "qwen + adapter", "device": "a server"}


def test_a_name_on_the_hub_is_told_as_it_is():
    facts = facts_of(Endpoint(model="Qwen/Qwen3-VL-2B-Instruct", device="cpu"))
    assert facts is not None
    assert facts.about["model"] == "Qwen/Qwen3-VL-2B-Instruct"
