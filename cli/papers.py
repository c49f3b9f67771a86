"""`anze attestation verify`: whether a paper is what was signed, with no server and no network."""

import json
from pathlib import Path
from typing import Annotated

import typer

from shared import papers

attestation_app = typer.Typer(help="Attestations of performance (Art. 26).", no_args_is_help=True)
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@attestation_app.command()
def verify(
    file: Existing,
    keys: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="the public keys, as JWKS")],
) -> None:
    """Print what the paper says; exits 1 where any byte differs from what was signed, an added line end included."""
    try:
        content = papers.verify(file.read_bytes().decode("ascii"), json.loads(keys.read_bytes()))
        if content.get("kind") != "attestation":
            raise papers.ForgedPaperError("a paper of these keys, but no attestation")
    except ValueError as error:  # forged, not text, or keys that are none
        typer.echo(f"验签失败 · not verified: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
