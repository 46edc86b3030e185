"""`loyalty-ledger demo`: a year of real baskets in, exact balances out; then a till, and referrals."""

from __future__ import annotations

from dataclasses import asdict, astuple
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.arguments import AsJson
from loyalty_ledger.cli.demo_referrals import as_document, present_recruits, present_story
from loyalty_ledger.cli.output import (
    DIFFERENCES,
    InputProblem,
    print_figures,
    print_json,
    print_line,
    print_table,
    print_title,
    progress,
    tell,
)
from loyalty_ledger.cli.statement import print_rows
from loyalty_ledger.demo import Baskets, DatasetMissing, find_dataset, replay, summarise
from loyalty_ledger.demo.baskets import ZONE_NAME
from loyalty_ledger.demo.dataset import cache_folder
from loyalty_ledger.demo.friends import friend_story
from loyalty_ledger.demo.recruits import recruit
from loyalty_ledger.demo.replay import open_ledger
from loyalty_ledger.demo.till import Step, till_session

Keep = Annotated[
    Path | None, typer.Option("--keep", metavar="LEDGER", help="Keep the ledger in this directory.", show_default=False)
]
STATEMENT_ROWS = 1000
OF_THE_YEAR = (
    "members",
    "purchases",
    "purchases_without_points",
    "accrued",
    "redemptions_applied",
    "redemptions_refused",
    "redeemed",
    "expired",
)


def demo(keep: Keep = None, json: AsJson = False) -> None:
    """Replay a year of 155,848 supermarket baskets and 2,102 coupons, then print and verify the balances."""
    if keep is not None and keep.exists():
        raise InputProblem(f"{keep} exists already; name a new directory")
    try:
        baskets = Baskets(find_dataset(tell))
    except DatasetMissing as problem:
        raise InputProblem(str(problem)) from problem
    with TemporaryDirectory() as scratch:
        ledger, clock = open_ledger(keep or Path(scratch) / "demo.ledger")
        with ledger:
            with progress("replaying 2017", len(baskets)) as advance:
                played = replay(ledger, clock, baskets, advance)
            summary = summarise(ledger, baskets, played)
            page = ledger.statement(summary["statement_of"], limit=STATEMENT_ROWS)
        steps, totals = till_session(Path(scratch))
        tree, story = recruit(Path(scratch)), friend_story(Path(scratch))
    picture = draw(tree.picture, cache_folder().parent if keep is None else keep.parent)
    summary["till"] = [asdict(step) for step in steps]
    summary["till_totals"] = [asdict(row) for row in totals]
    summary |= as_document(tree, picture, story)
    if json:
        print_json(summary)
    else:
        present(summary, page)
        present_till(steps, totals)
        present_recruits(tree, picture)
        present_story(story)
    if not (summary["verified"] and summary["balance_identity"] and tree.verified):
        raise typer.Exit(DIFFERENCES)


def draw(picture: str, folder: Path) -> Path:
    """Writes the picture of the largest tree: beside a ledger that is kept, else where the baskets are."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "referral-tree.svg"
    path.write_text(picture, encoding="utf-8")
    return path


def present_till(steps: list[Step], totals: ll.Totals) -> None:
    """The session with a server, for a person."""
    print_title("One till and a server, over gRPC")
    print_table(("the till", "is answered", "available", "held"), [astuple(step) for step in steps])
    print_title("Its slip at the end of the day")
    print_table(("verb", "code", "count", "cents", "points"), [astuple(row) for row in totals])


def present(summary: dict[str, Any], page: ll.Statement) -> None:
    """The summary for a person."""
    print_title("The year 2017")
    print_figures({name.replace("_", " "): summary[name] for name in OF_THE_YEAR})
    print_title("Balance on 2018-01-01 00:00 in New York")
    print_figures({name: summary[name] for name in ("available", "pending", "held", "debt")})
    left = f"{summary['accrued']:,} accrued − {summary['redeemed']:,} redeemed − {summary['expired']:,} expired"
    right = " + ".join(f"{summary[name]:,} {name}" for name in ("pending", "available", "held"))
    sign = "=" if summary["balance_identity"] else "≠"
    print_line(f"{left} {sign} {right} − {summary['debt']:,} debt")
    print_title("What expires when")
    print_table(("on", "points"), list(summary["ladder"].items()))
    print_title("The ten largest members")
    columns = ("member", "available", "pending")
    print_table(columns, [tuple(row[name] for name in columns) for row in summary["top_members"]])
    later = summary["later"]
    print_title(f"Member {later['member']} on 2018-07-01, without a job having run")
    print_figures({"available": later["available"], "pending": later["pending"]})
    print_title(f"Statement of member {summary['statement_of']}")
    print_rows(page, ZONE_NAME)
    print_title("Checked")
    verified = "all balances derived anew from the journal and equal" if summary["verified"] else "DIFFERENCES FOUND"
    print_line(f"{summary['entries']:,} entries, {verified}")
    print_line(
        f"{summary['entries_per_second']:,} entries per second over {summary['seconds']} s, baskets read and all; "
        f"{summary['bytes_per_entry']} bytes per entry"
    )
