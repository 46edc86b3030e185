"""Arguments and options that several commands share, and how their text is read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from loyalty_ledger.cli.output import InputProblem
from loyalty_ledger.naming import Alias, Member

LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="Directory of the ledger.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
MemberId = Annotated[str | None, typer.Argument(metavar="MEMBER", help="Id of the member.", show_default=False)]
Card = Annotated[str | None, typer.Option("--card", help="Find the member by a card instead of its id.")]
OtherAlias = Annotated[
    str | None,
    typer.Option("--alias", metavar="KIND=VALUE", help="Find the member by another alias: phone=+4930901820."),
]
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


def named(member: str | None, card: str | None, alias: str | None) -> Member:
    """How a read names its member: by id, by card or by another alias, one of the three."""
    if [member, card, alias].count(None) != 2:
        raise InputProblem("name the member by its id or with --card or --alias, one of the three")
    if member is not None:
        return member
    if card is not None:
        return Alias("card", card)
    kind, equals, value = (alias or "").partition("=")
    if not (kind and equals and value):
        raise InputProblem(f"--alias {alias!r} is no pair; write it as --alias phone=+4930901820")
    return Alias(kind, value)
