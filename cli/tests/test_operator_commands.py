"""What an operator types: audit, recover, dead letters, verification of papers."""

import asyncio
import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from cli.main import app
from services.discipline.main import service
from shared import papers
from shared.contracts.discipline import VetoImposed
from shared.contracts.topology import DECLARATIONS
from shared.kernel import databases, streams
from shared.kernel.envelope import Ref, contracts
from shared.kernel.relay import Relay
from shared.kernel.testing import Stack
from shared.kernel.unit_of_work import UnitOfWork


async def anze(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


@pytest.fixture
def paper(tmp_path: Path) -> tuple[Path, Path]:
    signer = papers.Signer.fresh()
    file, keys = tmp_path / "attestation.jws", tmp_path / "keys.json"
    file.write_text(signer.sign({"kind": "attestation", "official": "演练丁", "whole": True}))
    keys.write_text(json.dumps(signer.public_keys()))
    return file, keys


@pytest.mark.clause("art26")
async def test_an_attestation_verifies_offline(paper: tuple[Path, Path]) -> None:
    done = await anze("attestation", "verify", str(paper[0]), "--keys", str(paper[1]))
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["official"] == "演练丁"


@pytest.mark.clause("art26")
async def test_an_attestation_with_any_byte_changed_does_not_verify(paper: tuple[Path, Path]) -> None:
    """Any byte of header, content and signature, to anything else; and any byte added or lost, a line end included."""
    file, keys = paper
    whole = file.read_bytes()
    changed = [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in range(len(whole))]
    added = [whole + end for end in (b"\n", b"\r\n", b" ", b"=", b".", b"A", b"\0", b"\xff")]
    spaced = [whole.replace(b".", around) for around in (b" .", b". ", b"\n.", b"..")]
    lost = [whole[:-1], whole[1:], b"", whole + whole, b"\xef\xbb\xbf" + whole, b" " + whole]
    for forged in (*changed, *added, *spaced, *lost):
        file.write_bytes(forged)
        done = await anze("attestation", "verify", str(file), "--keys", str(keys))
        assert (done.exit_code, done.stdout) == (1, ""), forged
        assert "验签失败 · not verified: " in done.stderr


@pytest.mark.clause("art26")
async def test_what_is_no_attestation_or_checked_with_no_keys_does_not_verify(paper: tuple[Path, Path]) -> None:
    file, keys = paper
    for content in ("", "{}", "[]", "nothing", json.dumps(papers.Signer.fresh().public_keys())):
        keys.write_text(content)
        assert (await anze("attestation", "verify", str(file), "--keys", str(keys))).exit_code == 1, content
    signer = papers.Signer.fresh()
    file.write_text(signer.sign({"kind": "receipt"}))
    keys.write_text(json.dumps(signer.public_keys()))
    assert (await anze("attestation", "verify", str(file), "--keys", str(keys))).exit_code == 1


async def test_a_refusal_of_the_service_is_told_and_exits_1() -> None:
    done = await anze("dead-letters", "list", "--url", "http://127.0.0.1:9", "--token", "x")
    assert done.exit_code == 1


async def one_event(stack: Stack) -> tuple[str, str]:
    """A discipline database whose ledger holds one published event; returns the runtime URL and the admin's."""
    urls = await stack.database("discipline")
    await stack.provision(DECLARATIONS)
    engine = databases.engine(urls.runtime)
    assert VetoImposed.type() in contracts()
    event = VetoImposed(
        id=uuid4(),
        official_id=uuid4(),
        kind="veto",
        bars=("promotion",),
        from_day=date(2026, 12, 25),
        through_day=date(2027, 12, 24),
        accident_id=uuid4(),
        case_id=uuid4(),
        measure="demerit",
        measure_name_zh="记过",
        basis=(),
        path=("130000",),
        exercise=True,
    )
    async with UnitOfWork(databases.session_maker(engine), service="discipline", actor="tester") as work:
        await work.lock(Ref("veto", event.id))
        work.emit(event, path=("130000",), exercise=True)
        await work.commit()
    await engine.dispose()
    client = await streams.connect(stack.nats_url, name="test")
    connection = await asyncpg.connect(databases.dsn(urls.runtime))
    await Relay("discipline", databases.dsn(urls.runtime), client, DECLARATIONS).drain(connection)
    await connection.close()
    await client.close()
    admin = make_url(stack.admin_url).set(database=f"{stack.prefix}discipline")
    return urls.runtime, databases.dsn(admin.render_as_string(hide_password=False))


async def test_audit_verify_finds_a_change_and_recover_restores_what_a_restore_forgot(stack: Stack) -> None:
    runtime, admin = await one_event(stack)
    where = ("discipline", "--database-url", runtime, "--nats-url", stack.nats_url)
    whole = await anze("audit", "verify", *where)
    assert whole.exit_code == 0, whole.output
    connection = await asyncpg.connect(admin)
    await connection.execute("DELETE FROM seal")
    await connection.execute("DELETE FROM ledger")
    cut = await anze("audit", "verify", *where)
    assert cut.exit_code == 1
    assert "cut at 1" in cut.output
    back = await anze("recover", *where)
    assert back.exit_code == 0, back.output
    assert (await anze("audit", "verify", *where)).exit_code == 0
    await connection.execute("UPDATE ledger SET actor = 'somebody else'")
    await connection.close()
    changed = await anze("audit", "verify", *where)
    assert changed.exit_code == 1
    assert "changed" in changed.output
    assert service().adopt


async def test_an_export_of_a_ledger_is_verified_by_others_without_any_server(stack: Stack, tmp_path: Path) -> None:
    runtime, _ = await one_event(stack)
    printed = await anze("audit", "export", "--database-url", runtime)
    assert printed.exit_code == 0, printed.output
    row, end = printed.stdout.splitlines()
    told = json.loads(row)
    seal = f"{told['position']}:{told['hash']}:{told['prev_hash']}"
    file = tmp_path / "ledger.jsonl"

    async def verified(*lines: str, head: str = seal, name: str = "discipline") -> tuple[int, str]:
        file.write_text("\n".join(lines))
        done = await anze("audit", "verify-export", name, str(file), "--head", head)
        return done.exit_code, done.output

    assert (await verified(row, end))[0] == 0
    gone = told | dict.fromkeys(("id", "digest", "occurred_at", "recorded_at"))
    for expected, changed in {
        "changed at 1": (row.replace("记过", "记大过"), end),
        "forged at 1": (row.replace("tester", "somebody else"), end),
        "deleted at 1": (json.dumps(gone), end),
        "inserted at 2": (row, end.replace("0", "2")),
        "cut at 1": (end,),
        "no whole export": (row,),
        "this is no": ("{}", end),
        "this is": ("", end),
    }.items():
        assert (code := await verified(*changed))[0] == 1, expected
        assert expected in code[1]
    assert "reordered at 1" in (await verified(row, end, name="duties"))[1]
    assert "cut at 9" in (await verified(row, end, head=f"9:{told['hash']}:{told['prev_hash']}"))[1]
