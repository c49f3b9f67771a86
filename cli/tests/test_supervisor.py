"""Services are started, reported when they die, and never outlive their supervisor."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cli.supervisor import Service, Supervisor
from shared.embedded.places import CHECKOUT
from shared.embedded.processes import ServerFailedError, free_port, wait_until

SAMPLE = "cli.tests.sample:create_app"
PARENT = """
import os, signal, sys
from pathlib import Path
from cli.supervisor import Service, Supervisor
from cli.tests.test_supervisor import sample
folder = Path(sys.argv[1])
with Supervisor([sample(name, folder) for name in ("one", "two")], folder) as supervisor:
    supervisor.start_all()
    print(*(service.port for service in supervisor.services.values()), flush=True)
    signal.pause()
"""


def sample(name: str, folder: Path, **more: str) -> Service:
    environment = {"PATH": os.environ["PATH"], "SAMPLE_GREETING": name, "SAMPLE_FAREWELL": str(folder / name)}
    return Service(name, free_port(), environment | more, SAMPLE)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_all_services_answer_with_their_own_environment_and_stop_in_order(tmp_path: Path) -> None:
    services = [sample("one", tmp_path), sample("two", tmp_path)]
    with Supervisor(services, tmp_path / "logs") as supervisor:
        supervisor.start_all()
        assert [httpx.get(service.url, trust_env=False).text for service in services] == ["one", "two"]
        assert supervisor.dead() == {}
    assert [(tmp_path / name).read_text() for name in ("one", "two")] == ["stopped in order"] * 2
    assert not any(listening(service.port) for service in services)


def test_a_killed_service_comes_back_on_its_port_when_asked(tmp_path: Path) -> None:
    service = sample("one", tmp_path)
    with Supervisor([service], tmp_path / "logs") as supervisor:
        supervisor.start_all()
        first = supervisor.pids()["one"]
        supervisor.kill("one")
        assert not listening(service.port)
        assert supervisor.dead() == {}
        supervisor.start("one", {"SAMPLE_GREETING": "again"})
        assert httpx.get(service.url, trust_env=False).text == "again"
        assert supervisor.pids()["one"] != first
        with pytest.raises(ValueError, match="one runs already"):
            supervisor.start("one")


def test_a_service_that_dies_is_reported_and_not_replaced(tmp_path: Path) -> None:
    service = sample("one", tmp_path)
    with Supervisor([service], tmp_path / "logs") as supervisor:
        supervisor.start_all()
        os.kill(supervisor.pids()["one"], signal.SIGKILL)
        assert wait_until(lambda: "one" in supervisor.dead())
        assert supervisor.dead()["one"].startswith("one ended with code -9")
        assert not listening(service.port)


def test_a_service_that_refuses_to_start_is_reported_with_its_words(tmp_path: Path) -> None:
    refusing = sample("two", tmp_path, SAMPLE_REFUSES="yes")
    service = sample("one", tmp_path)
    with (
        pytest.raises(ServerFailedError, match=r"two ended with code 1(?s:.)*no database here"),
        Supervisor([service, refusing], tmp_path / "logs") as supervisor,
    ):
        supervisor.start_all()
    assert not listening(service.port)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_no_service_outlives_a_killed_supervisor(ending: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        ports = [int(port) for port in parent.stdout.readline().split()]
        assert len(ports) == 2
        assert all(map(listening, ports))
        parent.send_signal(ending)
    assert wait_until(lambda: not any(map(listening, ports)))
