"""The private servers: durable, loopback only, back on their port, gone with their parent."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import nats
import pytest
from nats.errors import Error as NatsError

from shared.embedded import places, postgres
from shared.embedded.nats import NatsServer
from shared.embedded.postgres import UNSAFE, DataFolderError, PostgresServer
from shared.embedded.processes import Account, ServerFailedError, wait_until
from shared.embedded.servers import servers

ROOT = Path(__file__).parents[3]
PARENT = """
import signal, sys
from pathlib import Path
from shared.embedded.servers import servers
with servers(Path(sys.argv[1]), {}, settings={"fsync": "off"}) as running:
    print(running.postgres.port, running.nats.port, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with places.scratch_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def database(home: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(home / "postgres", settings=UNSAFE)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def broker(home: Path) -> Iterator[NatsServer]:
    server = NatsServer(home / "nats")
    server.start()
    yield server
    server.stop()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def ask(server: PostgresServer, query: str) -> object:
    connection = await asyncpg.connect(server.admin_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_the_cluster_is_utf8_under_the_c_locale(database: PostgresServer) -> None:
    assert (
        await ask(database, "select pg_encoding_to_char(encoding) || datcollate from pg_database limit 1")
        == "UTF8C.UTF-8"
    )


async def test_the_default_is_durable_and_unsafe_is_asked_for(database: PostgresServer, home: Path) -> None:
    assert await ask(database, "show fsync") == "off"
    durable = PostgresServer(home / "durable")
    durable.start()
    try:
        assert [await ask(durable, f"show {name}") for name in ("fsync", "full_page_writes")] == ["on", "on"]
    finally:
        durable.stop()


async def test_only_loopback_and_only_with_the_password(database: PostgresServer) -> None:
    assert await ask(
        database, "select current_setting('listen_addresses') || current_setting('unix_socket_directories')"
    ) == ("127.0.0.1")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:guess@127.0.0.1:{database.port}/postgres")


@pytest.mark.parametrize("interruption", ["stop", "kill"])
async def test_committed_rows_are_there_after_the_server_came_back_on_its_port(
    database: PostgresServer, interruption: str
) -> None:
    url = database.admin_url
    await ask(database, f"create table {interruption}ped as select 1 as n")
    getattr(database, interruption)()
    assert not listening(database.port)
    database.start()
    assert database.admin_url == url
    assert await ask(database, f"select n from {interruption}ped") == 1


def test_a_second_server_on_the_same_folder_is_refused(
    database: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "FORMER_SECONDS", 0)
    with pytest.raises(DataFolderError, match="another PostgreSQL uses"):
        PostgresServer(database.folder).start()
    assert database.running


def test_a_data_folder_of_another_major_is_refused(home: Path) -> None:
    folder = home / "old"
    (folder / "data").mkdir(parents=True)
    (folder / "data/PG_VERSION").write_text("12\n")
    with pytest.raises(DataFolderError, match=r"was made by PostgreSQL 12, this is postgres \(PostgreSQL\) \d+"):
        PostgresServer(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_as_root_the_server_runs_as_nobody_and_its_data_is_closed_to_others(database: PostgresServer) -> None:
    account = places.account()
    assert account is not None
    assert database.data.stat().st_uid == account.uid
    assert database.data.stat().st_mode & 0o077 == 0
    assert (database.folder / "password").stat().st_mode & 0o077 == 0


async def test_a_stream_is_there_after_the_broker_was_killed_and_came_back(broker: NatsServer) -> None:
    client = await nats.connect(broker.url)
    await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
    await client.jetstream().publish("kept", b"once")
    await client.close()
    broker.kill()
    assert not listening(broker.port)
    broker.start()
    client = await nats.connect(broker.url)
    assert (await client.jetstream().stream_info("KEPT")).state.messages == 1
    await client.close()


def test_every_acknowledged_message_is_on_disk(broker: NatsServer) -> None:
    answer = httpx.get(f"http://127.0.0.1:{broker.monitor_port}/varz", trust_env=False).json()
    assert answer["jetstream"]["config"]["sync_always"] is True
    assert answer["host"] == "127.0.0.1"


async def test_users_and_rights_come_from_the_callers_text(home: Path) -> None:
    extra = 'authorization { users: [ { user: reader, password: invented, permissions: { publish: "asked" } } ] }'
    server = NatsServer(home / "guarded", extra=extra)
    server.start()
    try:
        with pytest.raises(NatsError):
            await nats.connect(server.url, allow_reconnect=False, max_reconnect_attempts=0)
        client = await nats.connect(server.url, user="reader", password="invented")
        await client.close()
    finally:
        server.stop()


def test_a_bad_configuration_is_reported_with_the_servers_words(home: Path) -> None:
    with pytest.raises(ServerFailedError, match=r"nats-server ended with code 1(?s:.)*unknown field"):
        NatsServer(home / "bad", extra="no_such_option: 1").start()


def test_given_servers_are_used_and_none_is_started(home: Path) -> None:
    given = {"DATABASE_URL": "postgresql://db.example/postgres", "NATS_URL": "nats://broker.example"}
    with servers(home / "given", given) as running:
        assert (running.admin_url, running.nats_url) == tuple(given.values())
        assert (running.postgres, running.nats) == (None, None)


def start_and_kill_a_parent(home: Path, account: Account | None) -> None:
    command = [sys.executable, "-c", PARENT, str(home)]
    uid, gid = (account.uid, account.gid) if account else (None, None)
    groups: list[int] | None = [] if account else None
    with subprocess.Popen(  # noqa: S603 - this file's own text
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, user=uid, group=gid, extra_groups=groups
    ) as parent:
        assert parent.stdout is not None
        ports = [int(port) for port in parent.stdout.readline().split()]
        assert len(ports) == 2
        assert all(map(listening, ports))
        parent.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not any(map(listening, ports)))


@pytest.mark.parametrize("ordinary", [False, True], ids=["as the caller", "as an ordinary user"])
def test_a_killed_parent_leaves_no_server_and_the_folder_starts_again(ordinary: bool) -> None:
    account = places.account() if ordinary else None
    if ordinary and (account is None or not places.reachable(Path(sys.executable).resolve())):
        pytest.skip("the caller is the ordinary user, or this Python is out of an ordinary user's reach")
    with places.scratch_home() as scratch:
        if account:
            shutil.chown(scratch, account.uid, account.gid)
        start_and_kill_a_parent(scratch, account)
        start_and_kill_a_parent(scratch, account)


def test_a_folder_that_cannot_be_made_is_refused_with_the_reason(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    for home in (taken, taken / "below"):
        with pytest.raises(places.PlaceError, match=r"cannot be made \(.+\): choose another folder"):
            places.prepare(home)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(places.PlaceError, match="cannot be written"):
        places.prepare(tmp_path)


def test_a_scratch_folder_whose_owner_was_killed_is_swept_by_the_next() -> None:
    script = (
        "import os, signal\nfrom shared.embedded.places import scratch_home\n"
        "with scratch_home() as home: print(home, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", script]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    with places.scratch_home() as fresh:
        assert not left.exists()
        assert fresh.exists()
    assert not fresh.exists()


@pytest.mark.parametrize("plenty", [True, False])
def test_a_test_run_lies_in_memory_only_where_there_is_plenty(
    plenty: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total, used, _ = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(places, "_MEMORY", tmp_path)
    monkeypatch.setattr(places, "reachable", lambda _: True)
    monkeypatch.setattr(places, "_meminfo", lambda: {"MemAvailable": f" {16 * 1024**2 if plenty else 1024**2} kB"})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: (total, used, 16 * 1024**3))
    with places.scratch_home(in_memory=True) as home, places.scratch_home() as other:
        assert (home.parent == tmp_path) is plenty
        assert other.parent != tmp_path
