"""`loyalty-ledger import`: rows of a CSV or Parquet file, each as one request of one verb."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson, LedgerPath
from loyalty_ledger.cli.file_table import FileTable
from loyalty_ledger.cli.opening import open_directory
from loyalty_ledger.cli.output import DIFFERENCES, InputProblem, print_figures, print_json, print_title, progress, tell


class Verb(StrEnum):
    """The verbs that have a batch."""

    ACCRUE = "accrue"
    PURCHASE = "purchase"
    REDEEM = "redeem"
    ENROLL = "enroll"


CREATING = (Verb.ACCRUE, Verb.PURCHASE)
File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or Parquet.", show_default=False)
]
VerbOption = Annotated[Verb, typer.Option("--verb", help="What each row asks for.", show_default=False)]
Mapping = Annotated[
    list[str], typer.Option("--map", metavar="NAME=COLUMN", help="Which column of the file stands for which name.")
]
Zone = Annotated[str | None, typer.Option("--zone", help="Zone of times that have no offset, such as Europe/Berlin.")]
CreateMembers = Annotated[bool, typer.Option("--create-members", help="Enrol unknown members in the row's entry.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file and print control totals; write nothing.")]


def import_rows(
    ledger: LedgerPath,
    file: File,
    verb: VerbOption,
    mapping: Mapping = [],  # noqa: B006 (the command line makes a list of its own)
    zone: Zone = None,
    create_members: CreateMembers = False,
    dry_run: DryRun = False,
    json: AsJson = False,
) -> None:
    """Import a file. The same file imported twice, or again after an interruption, changes nothing the second time.

    Each row's key is the column `key`; without one it is made from the file's content and the row's number. A file
    that grows from day to day needs a key column: its earlier rows would get new keys.
    """
    if create_members and verb not in CREATING:
        raise InputProblem(f"--create-members goes with {' and '.join(CREATING)}; import members with --verb enroll")
    table = FileTable(file, verb, _pairs(mapping), zone)
    document: dict[str, Any] = {"file": str(file), "verb": str(verb), "dry_run": dry_run, "totals": table.totals()}
    if not dry_run:
        document |= _write(ledger, table, create_members)
    if json:
        print_json(document)
    else:
        present(document)
    if document.get("refused", 0) or document.get("rejected", 0):
        raise typer.Exit(DIFFERENCES)


def present(document: dict[str, Any]) -> None:
    """What the file holds and what became of it, for a person."""
    print_figures({"file": document["file"], "verb": document["verb"]} | document["totals"])
    if document["dry_run"]:
        tell("dry run: nothing was written")
        return
    print_title("Answers")
    print_figures({name: document[name] for name in ("applied", "replayed", "refused", "rejected", "rows_per_second")})
    if document["codes"]:
        print_title("Not applied")
        print_figures(document["codes"])


def _write(ledger: Path, table: FileTable, create_members: bool) -> dict[str, Any]:
    if not ledger.is_dir():
        raise InputProblem(f"there is no ledger at {ledger}; create one with `loyalty-ledger init {ledger}`")
    if table.keys == "derived" and table.verb != "enroll":
        tell("keys are made from the file's content and each row's number; a changed file counts as another file")
    started = time.perf_counter()
    answers: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    more = {"create_members": True} if create_members else {}
    with (
        ll.open(ledger, clock=_clock(ledger, table)) as opened,
        progress(f"importing {table.verb}", len(table)) as advance,
    ):
        batch = getattr(opened, f"{table.verb}_batch")
        for piece, length in table.chunks():
            result = batch(piece, **more)
            for name in ("applied", "replayed", "refused", "rejected"):
                answers[name] += getattr(result, name)
            codes.update(_codes(result))
            advance(length)
    seconds = time.perf_counter() - started
    counted = {name: answers[name] for name in ("applied", "replayed", "refused", "rejected")}
    return counted | {
        "codes": dict(codes),
        "rows_per_second": round(len(table) / seconds),
        "seconds": round(seconds, 3),
    }


def _codes(result: ll.Answers) -> dict[str, int]:
    """How many rows of a batch ended with which code, applied ones aside."""
    connection = duckdb.connect()
    connection.register("refusals", result.refusals())
    return dict(connection.execute("SELECT code, count(*) FROM refusals GROUP BY code ORDER BY code").fetchall())


def _clock(ledger: Path, table: FileTable) -> ll.ManualClock | None:
    """History with a `recorded_at` column is imported on a clock that follows it.

    Without that column a manual clock stays where it stands: a ledger that left it never goes back.
    """
    if table.has("recorded_at") and len(table) > 0:
        return ll.ManualClock(datetime.fromisoformat(table.first_recorded_at()))
    with open_directory(ledger) as opened:
        standing = opened.info()
    return ll.ManualClock(standing.now) if standing.clock == "manual" else None


def _pairs(mapping: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in mapping]
    for target, equals, source in pairs:
        if not (target and equals and source):
            raise InputProblem(f"--map {target}{equals}{source} is no pair; write it as --map member=household_id")
    return {target: source for target, _, source in pairs}
