"""The command `anze`."""

import sys

import typer

from cli import accident, duties, findings, ledger, letters, notices, operate, papers, rosters, up
from cli.reaching import REFUSED

app = typer.Typer(
    name="anze",
    help="安责 Anze: leaders' responsibility for work safety, run as software.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets and personal numbers
)
app.command()(up.up)
app.command()(up.story)
app.command()(operate.serve)
app.command()(operate.migrate)
app.command()(operate.provision)
app.command()(ledger.recover)
app.command()(letters.reconcile)
app.command("import")(rosters.import_roster)
app.command()(rosters.export)
app.add_typer(ledger.audit_app, name="audit")
app.add_typer(letters.app, name="dead-letters")
app.add_typer(papers.attestation_app, name="attestation")
app.add_typer(accident.app, name="accident")
app.command()(findings.findings)
app.add_typer(duties.duties_app, name="duties")
app.add_typer(notices.app, name="notices")


def main() -> None:
    """Run a command; a file that cannot be read or written is told in a line."""
    try:
        app(prog_name="anze")
    except OSError as fault:
        if fault.filename is None:
            raise
        typer.echo(f"无法读写文件 · the file cannot be read or written: {fault.filename}: {fault.strerror}", err=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
