"""`anze accident …`: what the law says about an accident's figures, offline: no server, no settings."""

import json
from datetime import date, datetime
from typing import Annotated

import typer

from services.registry.facts import Figures, Level
from services.registry.rules.level import THRESHOLDS, NoRuleInForceError, classification_on, level_of

app = typer.Typer(help="生产安全事故 · accidents.", no_args_is_help=True)
MOST = 10**15
LEVEL_EN = {
    Level.ORDINARY: "ordinary",
    Level.LARGER: "larger",
    Level.MAJOR: "major",
    Level.EXCEPTIONAL: "exceptionally grave",
}


@app.callback()
def _group() -> None:
    """Keep `level` a command of its own however few there are."""


def figure(text: str) -> int:
    """A figure of an accident.

    Raises:
        typer.BadParameter: it is no whole number between 0 and 10¹⁵.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) <= MOST):
        raise typer.BadParameter(f"“{text}”不是非负整数 · {text!r} is not a whole number from 0 to {MOST}")
    return int(text)


def accident_day(text: str) -> date:
    """The day of an accident, written YYYY-MM-DD.

    Raises:
        typer.BadParameter: it is no such day.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no offset
    except ValueError as error:
        raise typer.BadParameter(f"“{text}”不是日期 · {text!r} is not a day YYYY-MM-DD") from error


@app.command()
def level(
    deaths: Annotated[int | None, typer.Option(parser=figure, metavar="N", help="死亡人数 · deaths")] = None,
    missing: Annotated[
        int | None, typer.Option(parser=figure, metavar="N", help="下落不明人数，另计 · missing, counted apart")
    ] = None,
    serious_injuries: Annotated[
        int | None, typer.Option(parser=figure, metavar="N", help="重伤（含急性中毒）· with acute poisoning")
    ] = None,
    loss_yuan: Annotated[
        int | None, typer.Option(parser=figure, metavar="N", help="直接经济损失，元 · direct loss, CNY")
    ] = None,
    day: Annotated[
        date | None,
        typer.Option(
            parser=accident_day, metavar="YYYY-MM-DD", help="事故日，默认按最新规定 · by default the newest rules apply"
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON · JSON alone")] = False,
) -> None:
    """事故等级：任一指标达到的最高等级 · The level: the highest that any one figure reaches; offline."""
    if (deaths, missing, serious_injuries, loss_yuan) == (None,) * 4:
        raise typer.BadParameter("请至少给出一项数字，如 --deaths 3 · give at least one figure, e.g. --deaths 3")
    try:
        classification = classification_on(day or THRESHOLDS[-1].valid_from)
    except NoRuleInForceError as error:
        raise typer.BadParameter(f"{day} 尚无现行分级规定 · no classification in force on {day}") from error
    row, decided_by = level_of(Figures(deaths or 0, serious_injuries, loss_yuan), classification)
    worst, _ = level_of(Figures((deaths or 0) + (missing or 0), serious_injuries, loss_yuan), classification)
    if as_json:
        answer = {
            "level": row.level.value,
            "decided_by": [figure.value for figure in decided_by],
            "level_if_missing_dead": worst.level.value,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    names = {
        "deaths": "死亡 deaths",
        "serious_injuries": "重伤 serious injuries",
        "direct_loss_yuan": "损失 direct loss",
    }
    reaching = "、".join(names[figure] for figure in decided_by) or "无指标达到更高等级 no figure reaches a higher one"
    typer.echo(f"等级 · level: {row.level.value}事故 · {LEVEL_EN[row.level]}")
    typer.echo(f"决定指标 · decided by: {reaching}")
    typer.echo(f"下落不明者若死亡 · if the missing are dead: {worst.level.value} · {LEVEL_EN[worst.level]}")
    typer.echo(f"依据 · basis: {classification.document} {classification.article}")
