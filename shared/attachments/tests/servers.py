"""A real S3 server in this process, for the tests of whoever keeps attachments."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from shared.attachments import S3Settings, Store


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server on a free port of this machine, with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    request = urllib.request.Request(f"{address}/papers", method="PUT")  # noqa: S310 - a loopback address
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - likewise
    yield address
    server.stop()


def bucket(address: str, name: str = "papers") -> Store:
    """A store in a bucket of that server."""
    return Store.s3(S3Settings(name, prefix="anze", endpoint=address, access_key="exercise", secret_key="exercise"))
