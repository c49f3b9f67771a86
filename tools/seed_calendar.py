"""Seeds a year of the working calendar: `python -m tools.seed_calendar 2026 --notice 国办发明电〔2025〕7号`.

The days come from the package chinesecalendar; the notice's number comes from whoever runs this, after comparing them
with the notice. Prints the request's body; with `--url` and `ANZE_TOKEN` puts it to duties.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import httpx
from chinese_calendar.constants import Holiday, holidays, workdays

_NAMES = {one.value: one.chinese for one in Holiday}


def body_of(year: int, notice_number: str) -> dict[str, Any]:
    """The body that `PUT /v1/working-calendar/{year}` takes.

    Raises:
        LookupError: the package does not know the year; nothing is guessed.
    """
    named = {day: (name, False) for day, name in holidays.items()} | {
        day: (name, True) for day, name in workdays.items()
    }
    days = sorted(day for day in named if day.year == year)
    if not days:
        raise LookupError(f"chinesecalendar does not know {year}")
    listed = [{"day": day.isoformat(), "name": _NAMES[named[day][0]], "working": named[day][1]} for day in days]
    return {"notice_number": notice_number, "days": listed}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the body, or put it; answers the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("year", type=int)
    parser.add_argument("--notice", required=True, help="the notice's number, as printed on it")
    parser.add_argument("--url", help="the address of duties, e.g. https://…/duties")
    parser.add_argument("--version", type=int, help="the version on record, where the year is there already")
    asked = parser.parse_args(arguments)
    try:
        body = body_of(asked.year, asked.notice)
    except LookupError as unknown:
        print(unknown, file=sys.stderr)
        return 1
    if asked.url is None:
        print(json.dumps(body, ensure_ascii=False, indent=1))
        return 0
    headers = {"Authorization": f"Bearer {os.environ['ANZE_TOKEN']}"}
    if asked.version is not None:
        headers["If-Match"] = f'"{asked.version}"'
    answer = httpx.put(f"{asked.url}/v1/working-calendar/{asked.year}", json=body, headers=headers, timeout=60)
    print(answer.text, file=sys.stdout if answer.is_success else sys.stderr)
    return 0 if answer.is_success else 1


if __name__ == "__main__":
    raise SystemExit(main())
