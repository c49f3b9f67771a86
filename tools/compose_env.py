"""Print a `.env` for `docker compose`: fresh passwords and keys, to be kept and never committed.

Runs on any Python without an installation: `python tools/compose_env.py > .env`.
"""

import base64
import json
import secrets

NATS_USERS = (
    "REGISTRY",
    "DUTIES",
    "INSPECTION_TOURS",
    "APPRAISAL",
    "DISCIPLINE",
    "PROVISIONER",
    "EXERCISE_CITY",
)


def password() -> str:
    """A password of letters and digits; it begins with a letter, because nats-server reads numbers as numbers."""
    return f"p{secrets.token_hex(20)}"


def encryption_keys() -> str:
    """The first key and the index key for citizen numbers, in the form that services read."""
    key, index = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    return json.dumps({"keys": {"k1": key}, "index": index}, separators=(",", ":"))


def variables() -> dict[str, str]:
    """Every variable that docker-compose.yml asks for."""
    return {
        "POSTGRES_PASSWORD": password(),
        "ANZE_ROLE_PASSWORD": password(),
        "ANZE_ENCRYPTION_KEYS": encryption_keys(),
        **{f"ANZE_NATS_{user}_PASSWORD": password() for user in NATS_USERS},
    }


if __name__ == "__main__":
    for name, value in variables().items():
        print(f"{name}='{value}'")
