"""docker-compose.yml, Dockerfile, Caddyfile and chart: what can be checked without a container engine."""

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from cli.state import State
from cli.system import environment
from services.console.main import SERVICES
from services.duties.routes.sheets import SHEET_BYTES
from services.registry.handlers.imports.runs import LIMIT
from shared.embedded.servers import Servers
from shared.kernel.databases import ServiceUrls
from shared.kernel.vault import Vault
from tools.compose_env import variables

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NAMES = [view.key for view in SERVICES]
KERNEL = "shared.kernel.settings"
IMAGES = {"postgres": "postgres:18", "nats": "nats:2.15-alpine", "caddy": "caddy:2"}
# In compose the path proxy is Caddy, and the clock is the wall's.
EMBEDDED_ONLY = {"ANZE_CLOCK_FILE", "ANZE_SERVICES"}
DEVELOPMENT_ONLY = {"ANZE_CLOCK_FILE", "ANZE_CRASH_POINT", "ANZE_ISSUER_KEY_FILE", "ANZE_USERS_FILE"}
PACKAGED = {"ANZE_ASYNCAPI_FILE"}
# Compose is for trying, in one place of each.
OF_COMPOSE = {"ANZE_ENVIRONMENT": "development", "ANZE_ATTACHMENTS": "/attachments"}

STRINGS = {"type": "array", "items": {"type": "string"}}
COMPOSE_SCHEMA = {
    "type": "object",
    "required": ["name", "services", "volumes"],
    "properties": {
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["image"],
                "additionalProperties": False,
                "properties": {
                    "image": {"type": "string", "pattern": "^[a-z]+:[0-9a-z.-]+$"},
                    "build": {"type": "object", "required": ["context", "dockerfile"]},
                    "command": STRINGS,
                    "environment": {"type": "object", "additionalProperties": {"type": "string"}},
                    "depends_on": {"type": ["object", "array"]},
                    "restart": {"enum": ["unless-stopped", "on-failure"]},
                    "healthcheck": {"type": "object", "required": ["test", "interval"]},
                    "ports": STRINGS,
                    "volumes": STRINGS,
                    "tmpfs": STRINGS,
                    "cap_drop": STRINGS,
                    "security_opt": STRINGS,
                    "read_only": {"type": "boolean"},
                    "stop_grace_period": {"type": "string"},
                },
            },
        }
    },
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file with its anchors merged."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def embedded_names(service: str, tmp_path: Path) -> set[str]:
    """The variables that the embedded run gives a service, without those it passes on from the shell."""
    urls = {} if service == "console" else {service: ServiceUrls(owner="o", runtime="r")}
    running = Servers(admin_url="a", nats_url="n", postgres=None, nats=None)
    return set(environment(service, State(tmp_path), running, urls, {}))


def settings(name: str) -> dict[str, FieldInfo]:
    """What a process reads from the environment, by variable, without what only development or the image names."""
    module = import_module(f"services.{name}.settings" if find_spec(f"services.{name}.settings") else KERNEL)
    (read,) = (
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BaseSettings) and one.__module__ == module.__name__
    )
    prefix = read.model_config.get("env_prefix", "")
    found = {field.alias or f"{prefix}{key}".upper(): field for key, field in read.model_fields.items()}
    return {variable: field for variable, field in found.items() if variable not in DEVELOPMENT_ONLY | PACKAGED}


@pytest.mark.parametrize("name", [*NAMES, "console"])
def test_every_setting_that_a_process_reads_is_set_in_compose_with_the_same_default(
    compose: dict[str, Any], name: str
) -> None:
    given, read = compose["services"][name]["environment"], settings(name)
    assert set(given) == {"ANZE_SERVICE", *read} - EMBEDDED_ONLY
    for variable, default in re.findall(r"(\w+): \$\{\1:-(.*)\}", "\n".join(": ".join(one) for one in given.items())):
        if not read[variable].is_required():
            own = read[variable].default
            assert default == OF_COMPOSE.get(variable, "" if own is None else str(own)), variable


def test_the_compose_file_is_well_formed(compose: dict[str, Any]) -> None:
    errors = [error.message for error in Draft202012Validator(COMPOSE_SCHEMA).iter_errors(compose)]
    assert errors == []


def test_every_part_of_the_system_is_there_on_official_images(compose: dict[str, Any]) -> None:
    services = compose["services"]
    migrations = {f"migrate-{name.replace('_', '-')}" for name in NAMES}
    assert set(services) == {*IMAGES, *NAMES, "console", "provision", *migrations}
    assert {name: services[name]["image"] for name in IMAGES} == IMAGES
    own = {service["image"] for name, service in services.items() if name not in IMAGES}
    assert own == {"anze:0.5.0"}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_gets_the_variables_of_the_embedded_run(compose: dict[str, Any], name: str, tmp_path: Path) -> None:
    given = compose["services"][name]["environment"]
    assert embedded_names(name, tmp_path) - EMBEDDED_ONLY <= set(given)
    assert given["ANZE_SERVICE"] == name
    assert f"anze_{name}_runtime:" in given["DATABASE_URL"]
    assert given["NATS_URL"].startswith(f"nats://{name}:")


def test_services_wait_for_their_migration_and_migrations_for_provisioning(compose: dict[str, Any]) -> None:
    done = {"condition": "service_completed_successfully"}
    healthy = {"condition": "service_healthy"}
    services = compose["services"]
    assert services["provision"]["depends_on"] == {"postgres": healthy, "nats": healthy}
    for name in NAMES:
        migration = f"migrate-{name.replace('_', '-')}"
        assert services[name]["depends_on"] == {migration: done}
        assert services[migration]["depends_on"] == {"provision": done}
        assert services[migration]["environment"]["ANZE_SERVICE"] == name
        assert f"anze_{name}_owner:" in services[migration]["environment"]["OWNER_DATABASE_URL"]


def test_no_service_process_gets_an_owner_or_an_administrator(compose: dict[str, Any]) -> None:
    for name in (*NAMES, "console"):
        given = compose["services"][name]["environment"]
        assert "OWNER_DATABASE_URL" not in given
        assert not [value for value in given.values() if "_owner" in value or "postgres:$" in value]


def test_only_the_proxy_is_reachable_and_only_from_this_machine_by_default(compose: dict[str, Any]) -> None:
    opened = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert opened == {"caddy": ["${ANZE_LISTEN:-127.0.0.1:8080}:8080"]}


def test_every_variable_that_compose_demands_is_generated_and_no_secret_is_committed(
    compose: dict[str, Any],
) -> None:
    text = yaml.safe_dump(compose)
    demanded = set(re.findall(r"\$\{(\w+):\?", text))
    assert demanded == set(variables())
    with_default = set(re.findall(r"\$\{(\w+):-", text))
    assert not [name for name in with_default if "PASSWORD" in name or "KEYS" in name]


def test_generated_secrets_are_fresh_and_readable_by_the_services() -> None:
    first, second = variables(), variables()
    assert not set(first.values()) & set(second.values())
    Vault.parse(first["ANZE_ENCRYPTION_KEYS"])
    printed = subprocess.run(  # noqa: S603  our own script, without the project on its path
        [sys.executable, "-I", ROOT / "tools" / "compose_env.py"], capture_output=True, text=True, check=True
    )
    lines = printed.stdout.splitlines()
    assert [line.partition("=")[0] for line in lines] == list(first)
    assert all(re.fullmatch(r"\w+='[^']+'", line) for line in lines)


def test_the_image_installs_hashed_wheels_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert text.count("FROM python:3.11-slim") == 2
    assert "--require-hashes" in text
    last_stage = text.rpartition("FROM ")[2]
    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    copied = re.findall(r"^COPY (\S+)", text, re.MULTILINE)
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    for source in copied:
        if not source.startswith("--from"):
            assert (ROOT / source).exists()
            assert f"!{source}" in allowed


def test_caddy_strips_each_path_and_sends_the_rest_to_the_console(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    routed = dict(re.findall(r"handle_path /([\w-]+)/\* \{\s*reverse_proxy (\w+):8000", text))
    assert routed == {view.path: view.key for view in SERVICES}
    assert set(routed.values()) <= set(compose["services"])
    assert re.search(r"handle \{\s*reverse_proxy console:8000", text)
    (largest,) = re.findall(r"max_size (\d+)MiB", text)
    assert int(largest) * 1_048_576 >= max(LIMIT, SHEET_BYTES, settings("duties")["ANZE_ATTACHMENT_BYTES"].default)
    for header in ("X-Content-Type-Options nosniff", "Referrer-Policy no-referrer"):
        assert header in text


def rendered(template: str, value: dict[str, str]) -> str:
    """Fill in a template as the chart engine would for one service: `range`, `if eq .name`, plain values."""
    conditional = re.compile(r" *\{\{- if eq \.name \"(\w+)\" \}\}\n(.*?) *\{\{- end \}\}\n", re.DOTALL)
    text = conditional.sub(lambda found: found[2] if found[1] == value["name"] else "", template)
    text = re.sub(r"\{\{- (range .*|end) \}\}\n?", "", text)
    text = re.sub(
        r"\{\{ \$?\.(?:Values\.)?(\w+)( \| quote)? \}\}",
        lambda found: f'"{value[found[1]]}"' if found[2] else value[found[1]],
        text,
    )
    assert "{{" not in text
    return text


@pytest.mark.parametrize("view", SERVICES, ids=lambda view: view.key)
def test_the_chart_gives_each_service_the_variables_of_compose(compose: dict[str, Any], view: Any) -> None:
    chart = DEPLOY / "helm" / "anze"
    values = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    assert {"name": view.key, "path": view.path} in values["services"]
    plain = {key: str(value) for key, value in values.items()} | {"name": view.key, "path": view.path}
    template = (chart / "templates" / "services.yaml").read_text(encoding="utf-8")
    deployment, service = [one for one in yaml.safe_load_all(rendered(template, plain)) if one]
    assert (deployment["kind"], service["kind"]) == ("Deployment", "Service")
    pod = deployment["spec"]["template"]["spec"]
    given = {entry["name"] for entry in pod["containers"][0]["env"]}
    assert given == set(compose["services"][view.key]["environment"])
    assert {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]} >= {"/tmp"}  # noqa: S108 - of the pod
    for entry in pod["containers"][0]["env"]:
        field = settings(view.key).get(entry["name"])
        if field and isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert float(entry["value"]) == field.default, entry["name"]
    migration = f"migrate-{view.path}"
    given = {entry["name"] for entry in pod["initContainers"][0]["env"]}
    assert given == set(compose["services"][migration]["environment"])
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]


def test_the_chart_has_a_console_and_names_its_version() -> None:
    chart = DEPLOY / "helm" / "anze"
    values = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    plain = {key: str(value) for key, value in values.items()}
    template = (chart / "templates" / "console.yaml").read_text(encoding="utf-8")
    deployment, service = [one for one in yaml.safe_load_all(rendered(template, plain)) if one]
    assert (deployment["kind"], service["kind"]) == ("Deployment", "Service")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {one["name"] for one in container["env"]} == {"ANZE_SERVICE", *settings("console")} - EMBEDDED_ONLY
    about = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))
    assert (about["apiVersion"], about["name"]) == ("v2", "anze")


def test_the_chart_provisions_once_before_a_release_as_compose_does(compose: dict[str, Any]) -> None:
    chart = DEPLOY / "helm" / "anze"
    values = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    template = (chart / "templates" / "provision.yaml").read_text(encoding="utf-8")
    job = yaml.safe_load(rendered(template, {key: str(value) for key, value in values.items()}))
    assert (job["kind"], job["metadata"]["annotations"]["helm.sh/hook"]) == ("Job", "pre-install,pre-upgrade")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == compose["services"]["provision"]["command"]
    assert {one["name"] for one in container["env"]} == set(compose["services"]["provision"]["environment"])
