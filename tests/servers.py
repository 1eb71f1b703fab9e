"""Private servers on the loopback address for the tests of the engines."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"


class Absent(Exception):
    """What a server needs is not on this machine."""


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as door:
        door.bind((LOOPBACK, 0))
        return int(door.getsockname()[1])


# ---- PostgreSQL -------------------------------------------------------------------------------


def postgresql_programs() -> Path | None:
    """Folder of the newest ``initdb`` and ``postgres``; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda path: float(path.parent.name), default=None)


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser") is None:
        raise Absent("root without runuser cannot start PostgreSQL")
    return ["runuser", "-u", "postgres", "--"]


@contextmanager
def postgresql() -> Iterator[str]:
    """Address of a new server that is gone afterwards."""
    programs = postgresql_programs()
    if programs is None:
        raise Absent("no PostgreSQL server programs (initdb) on this machine")
    user = _as_server_user()
    # a socket's path may have 107 characters: pytest's folders are too deep
    with tempfile.TemporaryDirectory(prefix="kpikit-pg-", ignore_cleanup_errors=True) as name:
        home, port = Path(name), free_port()
        if user:
            shutil.chown(home, "postgres")
        data, log = home / "data", home / "log"
        make = [programs / "initdb", "-D", data, "-U", "kpikit", "-A", "trust", "-E", "UTF8",
                "--no-sync", "--locale=C"]  # fmt: skip
        subprocess.run([*user, *make], check=True, capture_output=True, cwd="/")
        options = (
            f"-p {port} -c listen_addresses={LOOPBACK} -c unix_socket_directories={home} "
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        control = [*user, programs / "pg_ctl", "-D", data, "-w"]
        subprocess.run(
            [*control, "-l", log, "-o", options, "start"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=90,
        )  # fmt: skip
        try:
            yield f"postgresql://kpikit@{LOOPBACK}:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, cwd="/")


# ---- Spark ------------------------------------------------------------------------------------


def spark_home() -> Path:
    """Folder of pyspark with its jars; refuses where pyspark or Java is absent."""
    from importlib.util import find_spec

    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise Absent("pyspark is not installed")
    if shutil.which("java") is None:
        raise Absent("no Java on this machine")
    return Path(found.origin).parent


def _listens(port: int, process: subprocess.Popen[bytes], within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as door:
            if door.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the Spark master did not come up")


@contextmanager
def spark_cluster(workers: int = 2) -> Iterator[str]:
    """Address of a master with workers of one core each, all on the loopback address."""
    start = spark_home() / "bin" / "spark-class"
    port = free_port()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kpikit-spark-")))
        settings = {
            **os.environ,
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
        }

        def process(*words: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((home / f"{words[0]}.log").open("ab"))
            found = subprocess.Popen(
                [start, *words], stdout=log, stderr=log, env=settings, cwd=home
            )
            stack.callback(_ended, found)
            return found

        master = process(
            "org.apache.spark.deploy.master.Master",
            "--host", LOOPBACK, "--port", str(port), "--webui-port", str(free_port()),
        )  # fmt: skip
        _listens(port, master)
        for number in range(workers):
            process(
                "org.apache.spark.deploy.worker.Worker",
                "--host", LOOPBACK, "--webui-port", str(free_port()), "-c", "1", "-m", "1500M",
                "-d", str(home / f"worker{number}"), f"spark://{LOOPBACK}:{port}",
            )  # fmt: skip
        yield f"spark://{LOOPBACK}:{port}"


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
