"""The command `anze`."""

import typer

from cli import accident, duties, findings, ledger, letters, notices, operate, papers, rosters, up

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

if __name__ == "__main__":
    app(prog_name="anze")
