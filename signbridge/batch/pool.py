"""Workers on Ray: clips in, tables of one row out, as they come.

Ray is not part of the app's own set; `requirements-ray.txt` holds it.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signbridge.batch.folder import Job
from signbridge.batch.rows import INSTALL, Kind, answer
from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

LOCAL = "local"
REACH_S = 5.0
_SILENT = logging.CRITICAL + 1
_TOKENS = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"}
_TOKEN_FILE = Path(os.path.expanduser("~/.ray/auth_token"))
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers of one kind on a Ray that has been reached."""

    kind: Kind
    settings: Settings
    folder: Path
    workers: int

    def spread(self, jobs: Sequence[Job], attempt: int) -> Iterator[pa.Table]:
        """Yield a table of one row for each clip, in any order; none where its worker died."""
        import ray

        clips = [asdict(job) | {"path": os.fsencode(job.path)} for job in jobs]
        with warnings.catch_warnings():
            # Only these arguments bound the retries; their successors come with another version.
            warnings.filterwarnings("ignore", message=".*ray_remote_args.*")
            rows = ray.data.from_items(clips, override_num_blocks=len(clips)).map_batches(
                _Worker,
                fn_constructor_args=(self.kind, self.settings, str(self.folder), attempt),
                batch_size=None,
                batch_format="pyarrow",
                # One clip at a time: the death of a worker must be no other clip's fault.
                compute=ray.data.ActorPoolStrategy(
                    size=min(self.workers, len(clips)), max_tasks_in_flight_per_actor=1
                ),
                num_cpus=1,
                max_restarts=-1,
                max_task_retries=0,
            )
        try:
            yield from rows.iter_batches(
                batch_size=None, batch_format="pyarrow", prefetch_batches=0
            )
        except ray.exceptions.RayError as error:
            raise BackendUnavailableError(
                f"the workers stopped: {_reason(error)}. The same command goes on where this one "
                "stopped"
            ) from error


class _Worker:
    """Holds the models of one process, and reads one clip after another."""

    def __init__(self, kind: Kind, settings: Settings, folder: str, attempt: int) -> None:
        if not os.path.isdir(folder):
            raise BackendUnavailableError(
                f"{socket.gethostname()} does not see {folder}; share it with all machines, under "
                "the same name"
            )
        self._kind, self._attempt = kind, attempt
        self._work = kind.start(settings)

    def __call__(self, batch: pa.Table) -> pa.Table:
        (row,) = batch.to_pylist()
        job = Job(**row | {"path": Path(os.fsdecode(row["path"]))})
        return answer(self._kind, self._work, job, self._attempt)


@contextmanager
def reached(address: str, workers: int | None) -> Iterator[int]:
    """Start a Ray of this machine's own, or reach the one at `address`; yield its workers.

    Raises `BackendUnavailableError` where Ray is not installed, not there, or too small.
    """
    _prepare(address)
    ray = _ray()
    # Ray reports dead workers on standard output, which is for answers.
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        try:
            if address == LOCAL:
                _start(ray, workers or os.cpu_count() or 1)
            else:
                _connect(ray, address)
            yield _fitting(int(ray.cluster_resources().get("CPU", 0)), workers, address)
        finally:
            ray.shutdown()


def _ray() -> Any:
    # Before Ray is imported: it reads them once. Its reports of use would leave the machine.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise BackendUnavailableError(f"--ray can't start: {error}; {INSTALL}") from error
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(_SILENT)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1  # a clip whose worker died has no row; the caller counts
    return ray


def _prepare(address: str) -> None:
    """Set what Ray reads when it is imported, and hands to the workers that it starts here."""
    if address != LOCAL:
        if _TOKENS & os.environ.keys() or _TOKEN_FILE.is_file():
            os.environ.setdefault("RAY_AUTH_MODE", "token")  # as `ray start` does
        return
    if "ray" not in sys.modules:
        # Ray listens on all of the machine's addresses; without this word nobody else gets in.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    os.environ["OMP_NUM_THREADS"] = "1"
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def _start(ray: Any, workers: int) -> None:
    try:
        ray.init(address=LOCAL, num_cpus=workers, include_dashboard=False, **_quiet())
    except Exception as error:  # on a machine too busy to start it, Ray raises no class of its own
        raise BackendUnavailableError(
            f"Ray can't start here: {_reason(error)}; try again when less else runs"
        ) from error


def _connect(ray: Any, address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise BackendUnavailableError(
            f"--ray {address} is no address; give {LOCAL}, or HOST:PORT of a Ray on whose "
            "machines this command runs"
        )
    try:
        # Ray itself would try for minutes.
        socket.create_connection((host, int(port)), timeout=REACH_S).close()
        ray.init(address=address, **_quiet())
    except (OSError, OverflowError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise BackendUnavailableError(
            f"no Ray answers at {address}: {_reason(error)}; start one there with "
            "`ray start --head`, and run this command on one of its machines"
        ) from error


def _quiet() -> dict[str, object]:
    return {"log_to_driver": False, "logging_level": _SILENT}


def _fitting(cores: int, workers: int | None, address: str) -> int:
    if (workers or 1) > cores:
        raise BackendUnavailableError(
            f"--workers {workers or 1} does not fit: Ray at {address} has {cores} cores, one a "
            "worker"
        )
    return workers or cores


def _reason(error: BaseException) -> str:
    """Return the last line of an error, where Ray quotes what went wrong in a worker."""
    last = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
    return last.removeprefix("signbridge.errors.").partition("Error: ")[2] or last
