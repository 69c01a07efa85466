"""Asks for a process that decodes one clip, and ends it; starts the program that forks them."""

from __future__ import annotations

import array
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

from signbridge.capture.wire import Limits
from signbridge.errors import BadInputError

_ANSWERS_S = 30.0
_PIPE_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux: room for a whole frame, so that the decoder works ahead
_PACKAGE = str(Path(__file__).resolve().parents[2])
# A decoder is given these of our variables and no other: keys and passwords stay here.
_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME")


class Decoders:
    """The waiting program that forks a decoder for each clip; started anew if it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._program: subprocess.Popen[bytes] | None = None

    def decode(self, path: Path, limits: Limits) -> tuple[int, int]:
        """Return the id of a process that decodes the clip, and the pipe that it writes to."""
        job = {"path": str(path), "folder": os.getcwd(), "limits": asdict(limits)}
        request = json.dumps(job).encode()
        reader, writer = os.pipe()
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.fcntl(writer, _F_SETPIPE_SZ, _PIPE_BYTES)
        try:
            with self._lock:
                process = self._ask(request, writer) or self._ask(request, writer)
        finally:
            os.close(writer)
        if not process:
            os.close(reader)
            raise BadInputError("no clip can be decoded: the decoder does not start; see the log")
        return process, reader

    def _ask(self, request: bytes, writer: int) -> int:
        """Return the id of the new process; 0 if the waiting program has ended."""
        control = self._control or self._start()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writer]))]
        try:
            control.sendmsg([request], rights)
            answer = control.recv(8)
        except OSError:  # it has ended, or is stopped
            answer = b""
        if not answer:
            control.close()
            self._control = None
            if self._program is not None:
                self._program.kill()
                self._program.wait()
        return int.from_bytes(answer, "little")

    def start(self) -> None:
        """Start the waiting program, so that the first clip need not wait for it."""
        with self._lock:
            if self._control is None:
                self._start()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_ANSWERS_S)
        kept = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        places = os.pathsep.join(filter(None, (_PACKAGE, os.environ.get("PYTHONPATH"))))
        with theirs:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "signbridge.capture.decoder"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**kept, "PYTHONPATH": places, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._control = ours
        return ours


@cache
def decoders() -> Decoders:
    # One for the whole program, like its log: it remembers nothing of any clip.
    return Decoders()


def end(process: int, pipe: int) -> None:
    """End a decoder, if it has not ended by itself, and close its pipe."""
    with suppress(ProcessLookupError):
        if not _hung_up(pipe):
            os.kill(process, signal.SIGKILL)
    os.close(pipe)


def _hung_up(pipe: int) -> bool:
    """Whether the other side has closed the pipe: its process has ended, and its id with it."""
    poll = select.poll()
    poll.register(pipe, 0)
    return bool(poll.poll(0))
