"""A session whose three stages have a thread each, so that the camera never waits for a model."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from signbridge.errors import SignBridgeError
from signbridge.events import Event, Guessed, Recognized, Said, Seen, Writing
from signbridge.live.latency import Latencies
from signbridge.live.line import Line
from signbridge.live.steady import Steady
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.stages.parcels import Correction, Named, Pause, Say, Signed, Stretch
from signbridge.types import Frame, Landmarks, Leads, RecognitionResult

LOG = logging.getLogger("signbridge.live")
PARCELS = 8
"""So many stretches or sentences may wait for a slow model; then frames are dropped."""
EVENTS_KEPT = 256
"""Of a page that no longer asks what happened, the last are kept."""
GLIMPSE_EVERY_S = 0.2
BROKEN = "The live view broke off. Press Record to start it again; the server's log says why."


@dataclass(frozen=True, slots=True)
class _Glimpse:
    """A sign that is not over, as far as it has come."""

    landmarks: Landmarks


class LiveSession:
    """Takes frames as they come, at once; what they led to is fetched with `events`.

    open_session: called on the watching thread, as loading the landmark models takes a while.
    clock: of the frames' arrival.
    """

    def __init__(
        self, open_session: Callable[[], Session], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open = open_session
        self._clock = clock
        self._change = threading.Condition()
        self._frames: Line[Frame] = Line(1, self._change)
        self._signed: Line[Signed | _Glimpse] = Line(PARCELS, self._change)
        self._named: Line[Named] = Line(PARCELS, self._change)
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._seen: Seen | None = None
        self._writing: Writing | None = None
        self._steady = Steady()
        self._glimpsed_s = float("-inf")
        self._began_s = float("nan")  # of the frames' time, by the clock
        self._signing = False
        self.latencies = Latencies()
        self.error = ""
        self.done = False
        self._ending = False
        self._closed = False
        self._engine: Engine | None = None
        self._leads: Leads = "found"
        self.hand = ""
        """Which hand was found to lead: left, right, or "" while that is not known."""
        self._threads: list[threading.Thread] = []
        self._start(self._run)

    @property
    def signing(self) -> bool:
        """Whether the signer was signing in the last frame."""
        return self._signing

    @property
    def thinking(self) -> bool:
        """Whether a sign that has ended is not yet named, or a sentence not yet said."""
        return self._signed.holds(Stretch, Pause) or self._named.holds(Say)

    def push(self, frame: Frame, arrived_s: float) -> None:
        """Take a frame that arrived at `arrived_s`; one that still waits gives it its place."""
        self._began_s = arrived_s - frame.at_s
        self.latencies.dropped += self._frames.replace(frame)

    def settle(self, timeout_s: float) -> bool:
        """Wait until all that was pushed is done, and the end if it was asked for; say if it is.

        Waits no longer once a sentence has grown: who reads along shall see it at once.
        """
        lines = (self._frames, self._signed, self._named)

        def settled() -> bool:
            return self.done or (not self._ending and all(line.idle for line in lines))

        with self._change:
            self._change.wait_for(lambda: self._writing is not None or settled(), timeout_s)
            return settled()

    def events(self) -> tuple[Event, ...]:
        """Return what has happened since the last call.

        Of the frames seen, and of a sentence that grows, the last alone.
        """
        with self._change:
            last = tuple(each for each in (self._writing, self._seen) if each is not None)
            self._writing = self._seen = None
            events = tuple(self._events)
            self._events.clear()
        return (*events, *last)

    def use(self, engine: Engine, leads: Leads = "found") -> None:
        """Say the next sentences with this engine's voice; read the next signs with this hand."""
        self._engine, self._leads = engine, leads

    def correct(self, was: RecognitionResult, becomes: RecognitionResult | None) -> None:
        """Change a sign of the sentence that is going on; None takes it out."""
        self._signed.put(Correction(was, becomes), wait=False)

    def finish(self) -> None:
        """Let what was pushed come to its end: it is named and said, then `done` is true."""
        self._ending = True
        self._frames.end()

    def close(self) -> None:
        """Stop the threads and free the models; what was not finished is dropped."""
        self._closed = True
        for line in (self._frames, self._signed, self._named):
            line.end(drop=True)

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads of a session that was closed; return whether all have ended."""
        until_s = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until_s - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self, work: Callable[..., None], *arguments: Session) -> None:
        thread = threading.Thread(
            target=self._guarded, args=(work, *arguments), name=f"live{work.__name__}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _guarded(self, work: Callable[..., None], *arguments: Session) -> None:
        """Run a stage; where it breaks off, stop the others and tell the page."""
        try:
            work(*arguments)
            return
        except SignBridgeError as error:
            self.error = str(error)
        except Exception:  # a thread that ends unseen would leave the page waiting for ever
            LOG.exception("a live session broke off")
            self.error = BROKEN
        self.close()
        self._end()

    def _run(self) -> None:
        session = self._open()
        try:
            self._start(self._name, session)
            self._start(self._say, session)
            while (frame := self._frames.take()) is not None:
                self._watch(session, frame)
            if not self._closed:
                self._pass_on(session.watching.finish())
        finally:
            self._signed.end()
            session.close()

    def _watch(self, session: Session, frame: Frame) -> None:
        before_s = session.watching.spent_s
        session.watching.leads = self._leads
        self._pass_on(session.watching.push(frame))
        self._signing, self.hand = session.watching.signing, session.watching.hand
        self.latencies.add("landmarks", session.watching.spent_s - before_s)
        self.latencies.frame(frame.at_s)
        due = frame.at_s - self._glimpsed_s >= GLIMPSE_EVERY_S
        # A guess in between never keeps a sign that has ended waiting.
        if self._signing and due and self._signed.idle:
            landmarks = session.watching.partial()
            if landmarks is not None:
                self._glimpsed_s = frame.at_s
                self._signed.put(_Glimpse(landmarks))

    def _pass_on(self, watched: Iterable[Event | Signed]) -> None:
        for item in watched:
            if isinstance(item, Signed):
                self._signed.put(item)
            else:
                self._tell(item)

    def _name(self, session: Session) -> None:
        try:
            while (parcel := self._signed.take()) is not None:
                if isinstance(parcel, _Glimpse):
                    self._guess(session.naming.glimpse(parcel.landmarks))
                    continue
                before_s = session.naming.spent_s
                for item in session.naming.take(parcel):
                    if isinstance(item, Named):
                        self._named.put(item)
                    else:
                        self._tell(item)
                if isinstance(parcel, Stretch):
                    self.latencies.add("recognize", session.naming.spent_s - before_s)
                    if self._steady.clear():
                        self._tell(Guessed(""))
        finally:
            self._named.end()

    def _guess(self, result: RecognitionResult | None) -> None:
        sure = result is not None and not result.abstained
        if self._steady.vote(result.guesses[0].text if result and sure else ""):
            self._tell(Guessed(self._steady.word))

    def _say(self, session: Session) -> None:
        saying = session.saying
        saying.grow = lambda text: self._tell(Writing(text))
        while (parcel := self._named.take()) is not None:
            saying.engine = self._engine or saying.engine
            composed_s, spoke_s = saying.compose_s, saying.speak_s
            for event in saying.take(parcel):
                self._tell(event)
            if saying.compose_s > composed_s:
                self.latencies.add("compose", saying.compose_s - composed_s)
            if saying.speak_s > spoke_s and saying.engine.speaker is not None:
                self.latencies.add("speak", saying.speak_s - spoke_s)
        self._end()

    def _tell(self, event: Event) -> None:
        now_s = self._clock() - self._began_s
        with self._change:
            if isinstance(event, Seen):
                self._seen = event
            elif isinstance(event, Writing):
                self._writing = event
            else:
                if isinstance(event, Said):
                    self._writing = None  # it stands in place of what was written on the way
                self._events.append(event)
            self._change.notify_all()
        if isinstance(event, Recognized) and event.results[0].kind == "gloss":
            self.latencies.add("sign", now_s - event.results[0].end_s)
        elif isinstance(event, Said) and event.sound is not None:
            self.latencies.add("sound", now_s - event.utterance.end_s)

    def _end(self) -> None:
        with self._change:
            self.done = True
            self._change.notify_all()
