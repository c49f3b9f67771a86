"""Forwards one origin's paths to the services: streaming both ways, without hop-by-hop headers."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
# The server in front writes its own Date and Server; Host belongs to the upstream connection.
NOT_SENT = HOP_BY_HOP | {b"host"}
NOT_RETURNED = HOP_BY_HOP | {b"date", b"server"}

Headers = list[tuple[bytes, bytes]]


def end_to_end(headers: Headers, dropped: frozenset[bytes]) -> Headers:
    """Return the headers meant for the other end: neither listed as dropped nor named by Connection."""
    named = {
        token.strip().lower() for name, value in headers if name.lower() == b"connection" for token in value.split(b",")
    }
    return [(name, value) for name, value in headers if name.lower() not in dropped | named]


class Proxy:
    """One pooled client for all services; ``forward`` raises ``httpx.TransportError`` when one is down."""

    def __init__(self, services: dict[str, str], transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._bases = {name: urlsplit(url) for name, url in services.items()}
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            timeout=httpx.Timeout(60, connect=3),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=4),
        )

    def knows(self, service: str) -> bool:
        """Whether requests for that service are forwarded here."""
        return service in self._bases

    async def forward(
        self, service: str, *, method: str, target: bytes, headers: Headers, body: AsyncIterator[bytes] | None
    ) -> httpx.Response:
        """Send a request on and return the answer with its body unread; the caller closes it.

        ``target`` is path and query below the service's prefix, still percent-encoded as the client sent it.
        """
        base = self._bases[service]
        url = httpx.URL(f"{base.scheme}://{base.netloc}").copy_with(raw_path=base.path.rstrip("/").encode() + target)
        request = httpx.Request(method, url, headers=end_to_end(headers, NOT_SENT), content=body)
        return await self._client.send(request, stream=True)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
