"""The chat composer against `transformers serve`, a real server with a real, if foolish, Llama."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from signbridge.compose.chat.composer import ChatComposer
from signbridge.compose.chat.prompt import messages
from signbridge.compose.rules import RuleComposer
from signbridge.errors import BackendUnavailableError
from signbridge.pipeline import Engine
from signbridge.remote import Endpoint
from tests import fakes
from tests.compose.test_chat import STORE
from tests.tiny_llama import Served, free_port, make

pytestmark = pytest.mark.slow
KEY = "sk-very-secret"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Make the model; the first test starts the server, as it tests a server that is slow to."""
    server = Served(make(tmp_path_factory.mktemp("llama") / "model"), free_port())
    yield server
    server.stop()


def composer(server: Served, timeout_s: float = 120.0) -> ChatComposer:
    return ChatComposer(Endpoint(server.url, KEY, str(server.model), timeout_s))


def engine(server: Served, timeout_s: float = 120.0) -> Engine:
    rules = RuleComposer()
    return replace(fakes.engine(composer=composer(server, timeout_s)), spare=rules)


def test_a_server_that_is_slow_to_start_is_asked_again_once_it_is_up(served):
    asked = composer(served)
    with pytest.raises(BackendUnavailableError, match="can't be reached"):
        asked.compose(STORE)
    served.start()
    with pytest.raises(BackendUnavailableError) as raised:
        asked.compose(STORE)
    assert "can't be reached" not in str(raised.value)


def test_its_answer_comes_in_many_pieces(served):
    pieces = list(composer(served)._pieces(messages(STORE, (), ())))
    assert len(pieces) > 3
    assert "".join(pieces)


def test_what_is_not_the_json_asked_for_lets_the_rules_write_and_is_told(served):
    said, notices = engine(served).compose(STORE)
    assert said.text == RuleComposer().compose(STORE).text
    assert said.composer == "rules"
    (notice,) = notices
    assert "the rules write it" in notice
    assert "JSON" in notice
    assert KEY not in notice


def test_a_model_that_it_has_not_is_refused_by_name(served):
    unknown = ChatComposer(Endpoint(served.url, KEY, "no/such-model", 120.0))
    with pytest.raises(BackendUnavailableError, match=r"refused|no answer") as raised:
        unknown.compose(STORE)
    assert KEY not in str(raised.value)


def test_one_that_is_too_slow_is_not_waited_for(served):
    with pytest.raises(BackendUnavailableError, match="did not answer within"):
        composer(served, timeout_s=0.005).compose(STORE)


def test_one_that_dies_in_the_middle_lets_the_rules_write(served):
    """The last test: the server does not come back."""
    asked = engine(served)

    class Dying(ChatComposer):
        def _pieces(self, chat: list[dict[str, str]]) -> Iterator[str]:
            for piece in super()._pieces(chat):
                yield piece
                served.stop()

    dying = Dying(Endpoint(served.url, KEY, str(served.model), 120.0))
    said, (notice,) = replace(asked, composer=dying).compose(STORE)
    assert said.text == RuleComposer().compose(STORE).text
    assert any(words in notice for words in ("broke off", "can't be reached"))
