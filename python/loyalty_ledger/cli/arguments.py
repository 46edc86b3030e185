"""Arguments and options that several commands share, and how their text is read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from loyalty_ledger.cli.output import InputProblem

LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="Directory of the ledger.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
MemberId = Annotated[str | None, typer.Argument(metavar="MEMBER", help="Id of the member.", show_default=False)]
Card = Annotated[str | None, typer.Option("--card", help="Find the member by a card instead of its id.")]
Wallet = Annotated[str, typer.Option("--wallet", help="Currency of points.")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="As of this time, ISO 8601 with its offset.")]
LanguageOption = Annotated[str, typer.Option("--language", help="en or de.")]


def read_time(option: str, text: str | None) -> datetime | None:
    """An instant from ISO 8601 text; without an offset it would mean another instant on another machine."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputProblem(f"{option} {text!r} is not a time; write it as 2026-03-31T23:59:59+02:00") from None
    if time.tzinfo is None:
        raise InputProblem(f"{option} {text!r} has no offset; add Z for UTC or one like +02:00")
    return time


def local(time: datetime | None, zone: str) -> datetime | None:
    """A time as the program's zone writes it, for people."""
    return None if time is None else time.astimezone(ZoneInfo(zone))


def named(member: str | None, card: str | None) -> dict[str, str]:
    """How a read names its member: by id or by card, one of the two."""
    if (member is None) == (card is None):
        raise InputProblem("name the member by its id or with --card, one of the two")
    return {"member": member} if member is not None else {"card": card or ""}
