"""A server that speaks the OpenAI protocol: where it is, and what its failures are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from signbridge.errors import BackendUnavailableError, QuestionRefusedError

NONE = "none"
FIRST_MODEL = "first"
RETRIES = 1
WHOLE = 3
"""A server that answers piece by piece has so many times its limit for all of them."""
_SHOWN_CHARACTERS = 200
_OF_THE_QUESTION = frozenset(
    (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is, what opens it, and how long to wait for it.

    timeout_s: how long it may be silent.
    model: the name it serves the model by; "first" takes the first that it lists.
    settings: how the settings that say all this begin, such as SIGNBRIDGE_CHAT.
    """

    url: str
    key: str = field(default=NONE, repr=False)
    model: str = FIRST_MODEL
    timeout_s: float = 60.0
    settings: str = "SIGNBRIDGE_CHAT"


class Remote:
    """A client of one server; it is asked only when there is something to ask."""

    def __init__(self, endpoint: Endpoint, whole: float = WHOLE) -> None:
        """Keep the address; raise `BackendUnavailableError` if there is none, or a broken one.

        whole: how many times its limit the server may take for a whole answer.
        """
        import httpx2
        import openai

        from signbridge.patience import EndlessError, Patience, limit

        if endpoint.url == NONE:
            raise BackendUnavailableError(
                f"no endpoint is set; set {endpoint.settings}_URL to an OpenAI-compatible server, "
                "such as http://localhost:8000/v1"
            )
        self.endpoint = endpoint
        self._errors = openai
        self._silent = httpx2.TimeoutException  # in the middle of an answer openai leaves it be
        self._broken_off = (httpx2.HTTPError, OSError)
        self._endless = EndlessError
        self._patience = Patience(whole * endpoint.timeout_s)
        self._found = ""
        http_client = openai.DefaultHttpxClient()
        limit(http_client, self._patience)
        try:
            self.client = openai.OpenAI(
                base_url=endpoint.url,
                api_key=endpoint.key,
                timeout=endpoint.timeout_s,
                max_retries=RETRIES,
                http_client=http_client,
            )
        except (httpx2.InvalidURL, openai.OpenAIError, ValueError) as error:
            raise self.down(f"is no address that can be asked: {error}") from error

    @property
    def model(self) -> str:
        """The model that is asked; the server is asked for its first where none is named."""
        if self.endpoint.model != FIRST_MODEL:
            return self.endpoint.model
        if not self._found:
            served = getattr(self.client.models.list(), "data", None) or ()
            self._found = next((str(model.id) for model in served), "")
        if not self._found:
            raise self.down(f"lists no model; set {self.endpoint.settings}_MODEL")
        return self._found

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what goes wrong at the server into an error that names it without its secret.

        One question a block: its time begins here.
        """
        self._patience.begin()
        try:
            yield
        except (self._errors.APITimeoutError, self._silent) as error:
            endless = (str(one) for one in _causes(error) if isinstance(one, self._endless))
            silent = f"did not answer within {self.endpoint.timeout_s:g} s"
            raise self.down(next(endless, silent)) from error
        except self._errors.APIConnectionError as error:
            raise self.down("can't be reached") from error
        except self._errors.APIStatusError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                self._found = ""  # it may serve another model by now
            told = self.down(f"refused ({error.status_code}): {error.message}")
            if error.status_code in _OF_THE_QUESTION:
                told = QuestionRefusedError(str(told))
            raise told from error
        except (self._errors.OpenAIError, ValueError, AttributeError) as error:
            raise self.down(f"sent what is no answer: {error}") from error
        except self._broken_off as error:
            raise self.down("broke off in the middle of its answer") from error

    def down(self, what: str) -> BackendUnavailableError:
        """Return the error to raise; a server may quote the key, so it is taken out."""
        said = " ".join(what.split())
        if self.endpoint.key != NONE:
            said = said.replace(self.endpoint.key, "[key]")
        return BackendUnavailableError(
            f"the endpoint {self.endpoint.url} {said[:_SHOWN_CHARACTERS]}; "
            f"check the server and {self.endpoint.settings}_URL"
        )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what caused it, and so on to the first."""
    while error is not None:
        yield error
        error = error.__cause__
