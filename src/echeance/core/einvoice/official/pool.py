"""The official validator as a person or a room uses it: processes that may die and come back."""

from __future__ import annotations

import base64
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from echeance.core.einvoice.official.verdict import Verdict, not_validated, report

_WORKER: Final = "echeance.core.einvoice.official.worker"
_SOURCES: Final = str(Path(__file__).parents[4])


class _Worker:
    """One process, started when first needed and again after it dies."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, content: bytes, filename: str) -> Verdict:
        request = {"content": base64.b64encode(content).decode(), "filename": filename}
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        # Killing is the only way out of a native loop; the read below then sees the end.
        alarm = threading.Timer(self._timeout_seconds, process.kill)
        alarm.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            alarm.cancel()
        if not answer.endswith(b"\n"):
            self.stop()
            return not_validated(
                "Le validateur officiel s'est arrêté ou n'a pas répondu à temps : relancez la "
                "validation de ce fichier."
            )
        return Verdict.from_dict(json.loads(answer))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            paths = [_SOURCES, *filter(None, [os.environ.get("PYTHONPATH")])]
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-m", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        return self._process

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:  # a request was still on its way to the dead process
                continue
        process.wait()


class OfficialValidator:
    """Judges files in separate processes; safe to use from several threads.

    A process that crashes or takes too long costs one "not validated" verdict and is replaced.
    Processes start with the first file they get (0.6 s with its rules) and end with
    :meth:`close`, or with this process.
    """

    def __init__(self, workers: int = 2, timeout_seconds: float = 60) -> None:
        """Prepare, without starting anything.

        Args:
            workers: Number of processes; one per core is enough.
            timeout_seconds: For one file, start-up of its process included.
        """
        self._workers = [_Worker(timeout_seconds) for _ in range(workers)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def validate(self, content: bytes, filename: str = "") -> Verdict:
        """Judge one file; waits for an idle process."""
        worker = self._idle.get()
        try:
            return worker.ask(content, filename)
        finally:
            self._idle.put(worker)

    def validate_many(self, files: Iterable[tuple[bytes, str]]) -> Iterator[Verdict]:
        """Judge ``(content, filename)`` pairs on all processes; answers in the order given.

        Files are drawn a few ahead of the answers, so an endless iterable is fine.
        """
        ahead = 2 * len(self._workers)
        waiting: deque[Future[Verdict]] = deque()
        with ThreadPoolExecutor(len(self._workers)) as threads:
            for content, filename in files:
                waiting.append(threads.submit(self.validate, content, filename))
                if len(waiting) >= ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def report_files(self, paths: Iterable[Path]) -> Iterator[tuple[dict[str, Any], Verdict]]:
        """Judge files on disk: for each, its line of the JSON report and its verdict.

        Raises:
            OSError: A file cannot be read.
        """
        paths = list(paths)
        verdicts = self.validate_many((path.read_bytes(), path.name) for path in paths)
        for path, verdict in zip(paths, verdicts, strict=True):
            yield report(path, verdict), verdict

    def pids(self) -> tuple[int, ...]:
        """Process ids that run now, for supervision."""
        return tuple(worker.pid for worker in self._workers if worker.pid)

    def close(self) -> None:
        """End the processes; the validator may be used again and starts new ones."""
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
