"""For those who run the app: is it well, how busy is it, what may browsers do with its page."""

from __future__ import annotations

from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signbridge import __version__
from signbridge.settings import Settings
from signbridge.web.gate import Gate
from signbridge.web.login import Login
from signbridge.web.sessions import SessionRegistry
from signbridge.web.uploads import Uploads
from signbridge.web.warmup import EngineSoon

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The page needs the camera; pages that frame it, and what it might frame, get nothing.
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    # A Space is shown inside a page of the hub; nobody else may frame the app.
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co",
}


class Service:
    """Answers `/healthz` and `/metrics`, and counts what the server answers."""

    def __init__(
        self,
        soon: EngineSoon,
        visitors: SessionRegistry[Any],
        settings: Settings,
        uploads: Uploads,
        *more: Route,
    ) -> None:
        """more: what else is answered."""
        self._soon = soon
        self._more = more
        self._gate = Middleware(
            Gate, settings=settings, login=Login(settings.login), uploads=uploads
        )
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        live = Gauge("signbridge_live_sessions", "Live visitors", registry=self._registry)
        live.set_function(lambda: len(visitors))
        room = Gauge("signbridge_live_places", "Live visitors at most", registry=self._registry)
        room.set(settings.max_sessions)
        ready = Gauge("signbridge_ready", "1 once the models are loaded", registry=self._registry)
        ready.set_function(lambda: float(self._soon.ready and not self._soon.error))
        self._responses = Counter(
            "signbridge_http_responses",
            "Responses by the class of their status",
            ("status",),
            registry=self._registry,
        )

    def app_kwargs(self) -> dict[str, Any]:
        """Return what the web server's app is made with."""
        return {
            "routes": [
                Route("/healthz", self.health),
                Route("/metrics", self.metrics),
                *self._more,
            ],
            "middleware": [Middleware(_Wrapped, responses=self._responses), self._gate],
        }

    def health(self, _: Request) -> JSONResponse:
        """Say whether clips can be translated: 200 if so, 503 while loading or after a failure."""
        state = "loading"
        if self._soon.ready:
            state = "failed" if self._soon.error else "ok"
        body = {"status": state, "version": __version__}
        return JSONResponse(body, status_code=200 if state == "ok" else 503)

    def metrics(self, _: Request) -> Response:
        """Return the figures in Prometheus' text format."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


class _Wrapped:
    """Adds the headers to each response and counts it, without holding back what streams."""

    def __init__(self, app: ASGIApp, responses: Counter) -> None:
        self._app = app
        self._responses = responses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._responses.labels(f"{message['status'] // 100}xx").inc()
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.lower().encode() not in there
                    ),
                ]
            await send(message)

        await self._app(scope, receive, sent)
