"""Write `deploy/nats/nats.conf`: who may publish, fetch and acknowledge what, from the declared backbone.

A service may publish its own subjects and use its own durables; only the provisioner creates streams and
consumers; each agency lives in an account of its own that imports its part of the agency subjects.
`python -m tools.nats_config` writes the file, `--check` compares it. Passwords come from the environment of
the server.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.topology import DECLARATIONS, SERVICES
from shared.kernel.streams import Declarations

TARGET = Path(__file__).resolve().parent.parent / "deploy" / "nats" / "nats.conf"
PROVISIONER = "provisioner"
AUDIENCES = ("internal", "agency", "public")
# A Direct Get reads any message of a stream, and reconciling a durable needs it; nobody else gets it on cases.
CONFIDENTIAL = frozenset({"DISCIPLINE"})
PROVISIONER_PUBLISHES = (
    "$JS.API.INFO",
    "$JS.API.STREAM.CREATE.*",
    "$JS.API.STREAM.UPDATE.*",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.CONSUMER.CREATE.>",
    "$JS.API.CONSUMER.DURABLE.CREATE.>",
    "$JS.API.CONSUMER.INFO.*.*",
)


@dataclass(frozen=True)
class Agency:
    """A body outside that hears agency events of one region: its user, and the administrative path to it."""

    name: str
    path: tuple[str, ...]

    @property
    def account(self) -> str:
        """The agency's own account."""
        return f"AGENCY_{self.name.upper()}"

    @property
    def subject(self) -> str:
        """Agency events of the region and everything below it."""
        return ".".join(("anze.v1.agency.*.*.*", *self.path, ">"))


#: The exercise city's agency; a deployment lists its own here.
AGENCIES = (Agency("exercise_city", ("130000", "139900")),)


def variable(user: str) -> str:
    """The environment variable that holds a user's password, as the configuration refers to it."""
    return f"$ANZE_NATS_{user.upper()}_PASSWORD"


def publishes(service: str, declared: Declarations) -> list[str]:
    """Every subject that a service may publish to; anything else is refused by the server."""
    own = declared.of(service)
    written = own.streams_of(service)
    readable = [one.name for one in own.streams if one in written or one.name not in CONFIDENTIAL]
    subjects = [f"anze.v1.{audience}.{service}.>" for audience in AUDIENCES]
    subjects += [f"$JS.API.STREAM.INFO.{one.name}" for one in own.streams]
    subjects += [f"$JS.API.DIRECT.GET.{name}" for name in readable]
    for consumer in own.consumers:
        address = f"{consumer.stream}.{consumer.durable}"
        subjects += [
            f"$JS.API.CONSUMER.INFO.{address}",
            f"$JS.API.CONSUMER.MSG.NEXT.{address}",
            f"$JS.ACK.{address}.>",
        ]
    return subjects


def _user(name: str, password: str, allowed: Sequence[str], inbox: str) -> str:
    listed = "\n".join(f"            {json.dumps(subject)}" for subject in allowed)
    return (
        f"      {{\n        user: {name}, password: {password}\n        permissions {{\n"
        f"          publish {{ allow: [\n{listed}\n          ] }}\n"
        f"          subscribe {{ allow: [{json.dumps(inbox)}] }}\n        }}\n      }}"
    )


def _agency(agency: Agency, password: str) -> str:
    subject = json.dumps(agency.subject)
    return (
        f"  {agency.account} {{\n    users: [{{\n      user: {agency.name}, password: {password}\n"
        f'      permissions {{ publish {{ deny: [">"] }}, subscribe {{ allow: [{subject}] }} }}\n    }}]\n'
        f"    imports: [{{ stream: {{ account: ANZE, subject: {subject} }} }}]\n  }}"
    )


def rights(
    declared: Declarations = DECLARATIONS,
    services: Sequence[str] = SERVICES,
    agencies: Sequence[Agency] = AGENCIES,
    password: Callable[[str], str] = variable,
) -> str:
    """Return the accounts of a server as configuration text.

    Args:
        declared: the streams and durables that stand.
        services: their users carry their names.
        agencies: one account each.
        password: of a user, as configuration text; by default a reference to the environment.
    """
    users = [_user(name, password(name), publishes(name, declared), f"_INBOX_{name}.>") for name in services]
    users.append(_user(PROVISIONER, password(PROVISIONER), PROVISIONER_PUBLISHES, "_INBOX.>"))
    exports = "\n".join(f"      {{ stream: {json.dumps(one.subject)}, accounts: [{one.account}] }}" for one in agencies)
    blocks = [
        "  ANZE {\n    jetstream: enabled\n    users: [\n"
        + "\n".join(users)
        + f"\n    ]\n    exports: [\n{exports}\n    ]\n  }}",
        *(_agency(one, password(one.name)) for one in agencies),
        "  SYS { users: [] }",
    ]
    return "accounts {\n" + "\n".join(blocks) + "\n}\nsystem_account: SYS\n"


def configuration() -> str:
    """Return the whole file for the container."""
    return (
        "# Written by tools/nats_config.py from shared/contracts/topology.py; passwords: the environment.\n"
        "server_name: anze\nlisten: 0.0.0.0:4222\nhttp: 0.0.0.0:8222\n"
        "jetstream {\n  store_dir: /data\n  sync_interval: always\n}\n\n" + rights()
    )


def main() -> int:
    """Write the file, or with `--check` compare it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    if not parser.parse_args().check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(configuration(), encoding="utf-8")
        return 0
    same = TARGET.read_text(encoding="utf-8") == configuration()
    if not same:
        print(
            f"{TARGET.name} is not what the topology asks for: run python -m tools.nats_config",
            file=sys.stderr,
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
