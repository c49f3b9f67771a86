"""A client of the public REST APIs, through the console's one origin, as any other system would be one."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import httpx

from cli.stage import Control, Steps, StoryFailedError
from shared.embedded.processes import wait_until
from shared.kernel.clock import SHANGHAI

VERSION = "1"
"""Of the story: a data folder on which this one was played is not played on again."""

Body = dict[str, Any]
T = TypeVar("T")
PATIENCE = 180.0
"""Seconds until something that must come about is given up; a busy machine has been seen to take a minute."""
_AWAY = {502, 503, 504}


@dataclass(frozen=True)
class Refusal:
    """How a request was refused: the problem's status, code and clauses."""

    status: int
    code: str
    clauses: tuple[str, ...]


@dataclass
class Tale:
    """The story as far as it was played: the system, the step, and what got which id."""

    http: httpx.Client
    progress: Steps
    control: Control
    step: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    accident: Body = field(default_factory=dict)
    answered: bytes = b""
    question: dict[str, str] = field(default_factory=dict)
    appraisal_id: str = ""
    promotion_id: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)
    _moment: datetime | None = None

    @contextmanager
    def chapter(self, step: str, title: str) -> Iterator[None]:
        """One step of the story, shown while it is played; whatever goes wrong in it fails it by name."""
        self.step = step
        with self.progress.step(f"{step}  {title}"):
            try:
                yield
            except (httpx.HTTPError, LookupError, TypeError, ValueError) as fault:
                raise self.failed(f"答复不可用 · an answer cannot be used: {type(fault).__name__}: {fault}") from fault

    def failed(self, reason: str) -> StoryFailedError:
        """This step's failure, to be raised."""
        return StoryFailedError(self.step, reason)

    def expect(self, what: str, seen: object, wanted: object) -> None:
        """Fail the step unless what is seen is what the specification says."""
        if seen != wanted:
            raise self.failed(f"{what}：应为 expected {_short(wanted)}，实为 seen {_short(seen)}")

    def until(self, what: str, ask: Callable[[], T | None]) -> T:
        """Ask again until there is something; fail the step when nothing comes."""
        found: list[T] = []

        def there() -> bool:
            answer = ask()
            if answer is not None:
                found.append(answer)
            return answer is not None

        if not wait_until(there, seconds=PATIENCE):
            raise self.failed(f"{what}：{PATIENCE:.0f} 秒内没有出现 · did not come about in time")
        return found[0]

    def turn(self, moment: str) -> None:
        """Turn the development clock of every process forward to a moment in Shanghai, e.g. `2026-05-20T17:40`."""
        instant = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        if self._moment is not None and instant < self._moment:
            raise self.failed(f"开发时钟不得倒拨 · the clock does not go back to {moment}")
        self._moment = instant
        self.control.turn_clock(instant)

    def read(self, user: str, path: str, **query: Any) -> Any:
        """What a GET answers."""
        return self._good("GET", path, self.send(user, "GET", path, query=query))

    def record(self, user: str, path: str, body: Body) -> Any:
        """What a POST answers that makes something; its key follows from step and content, so a repeat is harmless."""
        return self._good("POST", path, self.send(user, "POST", path, body, keyed=True))

    def move(self, user: str, path: str, body: Body | None = None, *, seen: int, method: str = "POST") -> Any:
        """What a change answers, made on the version that was seen."""
        return self._good(method, path, self.send(user, method, path, body, seen=seen))

    def refused(
        self, user: str, path: str, body: Body | None = None, *, seen: int | None = None, method: str = "POST"
    ) -> Refusal:
        """How a request is refused that must be; fails the step where it is not."""
        answer = self.send(user, method, path, body, seen=seen, keyed=seen is None)
        if answer.is_success:
            raise self.failed(f"{method} {path}：本应拒绝 · was not refused")
        problem = answer.json()
        return Refusal(answer.status_code, problem["code"], tuple(one["clause"] for one in problem.get("basis") or ()))

    def history(self, service: str, aggregate: str, identity: str) -> list[Body]:
        """What the ledger of a service says of one aggregate, oldest first."""
        found: list[Body] = self.read("auditor", f"/{service}/v1/history/{aggregate}/{identity}")
        return found

    def events(self, service: str, aggregate: str, identity: str) -> list[str]:
        """The names of the events of one aggregate, each of which must be marked as an exercise."""
        found = self.history(service, aggregate, identity)
        self.expect("台账演练标记 · exercise in the ledger", {one["exercise"] for one in found}, {True})
        return [one["type"].split(".")[3] for one in found]

    def send(
        self,
        user: str,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        seen: int | None = None,
        keyed: bool = False,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """One request; reads and keyed writes are repeated while a service is away, others are not."""
        headers = {"Authorization": f"Bearer {self._token(user)}"}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        if keyed:
            headers["Idempotency-Key"] = self._key(path, body)

        def once() -> httpx.Response | None:
            answer = self.http.request(method, path, json=body, headers=headers, params=query)
            return None if repeatable and answer.status_code in _AWAY else answer

        repeatable = keyed or method == "GET"
        return self.until(f"{method} {path}", once)

    def _key(self, path: str, body: Body | None) -> str:
        content = json.dumps([self.step, path, body], sort_keys=True)
        return f"story-{VERSION}-{hashlib.sha256(content.encode()).hexdigest()}"

    def _good(self, method: str, path: str, answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise self.failed(f"{method} {path}：{answer.status_code} {answer.text[:600]}")
        return answer.json()

    def _token(self, user: str) -> str:
        if user not in self._tokens:
            form = {"grant_type": "urn:anze:development", "user": user}
            self._tokens[user] = self._good("POST", "/issuer/token", self.http.post("/issuer/token", data=form))[
                "access_token"
            ]
        return self._tokens[user]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 400 else f"{text[:400]}…"
