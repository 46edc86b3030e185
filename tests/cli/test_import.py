"""Importing files: mapping, checks before the first write, control totals, and doing it twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from loyalty_ledger.cli.file_table import FileTable


def test_a_second_run_changes_nothing(run: Any, ledger: str) -> None:
    arguments = ("import", ledger, "accruals.csv", "--verb", "accrue", "--create-members", "--json")
    second = run(*arguments)
    assert second.code == 0, second.err
    assert (second.document["applied"], second.document["replayed"]) == (0, 3)
    assert run("balance", ledger, "m-1", "--json").document["available"] == 107


def test_keys_made_from_the_file_make_it_repeatable(run: Any, ledger: str) -> None:
    run.write("bonus.csv", "customer,bonus", "m-1,5", "m-1,5", "m-2,9")
    arguments = ("import", ledger, "bonus.csv", "--verb", "accrue", "--json")
    mapping = ("--map", "member=customer", "--map", "points=bonus")
    first, second = run(*arguments, *mapping), run(*arguments, *mapping)
    assert first.code == second.code == 0, first.err + second.err
    assert first.document["totals"]["keys"] == "derived"
    assert (first.document["applied"], first.document["replayed"]) == (3, 0)
    assert (second.document["applied"], second.document["replayed"]) == (0, 3)
    assert run("balance", ledger, "m-1", "--json").document["available"] == 117


def test_another_file_gets_other_keys(run: Any, ledger: str) -> None:
    for day in ("monday", "tuesday"):
        run.write("bonus.csv", "member,points,day", f"m-1,5,{day}")
        assert run("import", ledger, "bonus.csv", "--verb", "accrue").code == 0
    assert run("balance", ledger, "m-1", "--json").document["available"] == 117


def test_a_dry_run_prints_control_totals_and_writes_nothing(run: Any, ledger: str) -> None:
    before = run("entries", ledger, "--json").document
    run.write("sales.csv", "member,key,total", "m-1,s/1,36.90", "m-3,s/2,12", "m-1,s/1,0.05")
    arguments = ("import", ledger, "sales.csv", "--verb", "purchase", "--map", "amount=total")
    dry = run(*arguments, "--dry-run", "--json")
    assert dry.code == 0, dry.err
    totals = dry.document["totals"]
    assert (totals["rows"], totals["members"], totals["distinct keys"]) == (3, 2, 2)
    assert Decimal(totals["amount"]) == Decimal("48.95")
    assert run("entries", ledger, "--json").document == before


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("m-1,k/2,x,2026-03-01T10:00:00Z", "row 2, column 'points': 'x' is no whole number"),
        ("m-1,k/2,1.5,2026-03-01T10:00:00Z", "row 2, column 'points': '1.5' is no whole number"),
        ("m-1,,5,2026-03-01T10:00:00Z", "row 2, column 'key' is empty"),
        ("m-1,k/2,5,2026-03-01T10:00:00", "row 2, column 'occurred_at': '2026-03-01T10:00:00' is no time"),
        ("m-1,k/2,5,yesterday", "row 2, column 'occurred_at': 'yesterday' is no time"),
    ],
)
def test_a_bad_cell_stops_the_import_before_the_first_row(run: Any, ledger: str, row: str, says: str) -> None:
    run.write("bad.csv", "member,key,points,occurred_at", "m-1,k/1,5,2026-03-01T10:00:00Z", row)
    ended = run("import", ledger, "bad.csv", "--verb", "accrue")
    assert ended.code == 2
    assert says in ended.err
    assert run("balance", ledger, "m-1", "--json").document["available"] == 107


def test_a_decimal_comma_is_explained(run: Any, ledger: str) -> None:
    run.write("sales.csv", "member;amount", "m-1;36,90")
    ended = run("import", ledger, "sales.csv", "--verb", "purchase")
    assert ended.code == 2
    assert "write it with a decimal point" in ended.err


def test_money_as_binary_fraction_is_refused(run: Any, ledger: str) -> None:
    duckdb.sql("SELECT 'm-1' AS member, 's/1' AS key, 36.9::DOUBLE AS amount").write_parquet(
        str(run.folder / "sales.parquet")
    )
    ended = run("import", ledger, "sales.parquet", "--verb", "purchase")
    assert ended.code == 2
    assert "amount" in ended.err
    assert "float" in ended.err


def test_parquet_with_typed_columns(run: Any, ledger: str) -> None:
    duckdb.sql(
        "SELECT range AS household, 'sale/' || range AS key, (range + 0.99)::DECIMAL(9, 2) AS amount FROM range(1, 6)"
    ).write_parquet(str(run.folder / "sales.parquet"))
    arguments = ("import", ledger, "sales.parquet", "--verb", "purchase", "--map", "member=household")
    ended = run(*arguments, "--create-members", "--json")
    assert ended.code == 0, ended.err
    assert ended.document["applied"] == 5
    assert run("balance", ledger, "5", "--json").document["available"] == 5


def test_refusals_are_counted_and_change_the_exit_code(run: Any, ledger: str) -> None:
    run.write("redeem.csv", "member,key,points", "m-1,r/1,100", "m-2,r/2,100", "m-9,r/3,1")
    ended = run("import", ledger, "redeem.csv", "--verb", "redeem", "--json")
    assert ended.code == 1, ended.err
    assert ended.document["applied"] == 1
    assert ended.document["codes"] == {"INSUFFICIENT_POINTS": 1, "MEMBER_NOT_FOUND": 1}
    assert run("balance", ledger, "m-1", "--json").document["available"] == 7


def test_history_follows_its_own_clock(run: Any) -> None:
    assert run("init", "old.ledger", "--manual-clock", "2025-01-01T00:00:00Z").code == 0
    run.write(
        "old.csv", "member,key,points,recorded_at", "a,k/2,5,2025-03-01T00:00:00Z", "a,k/1,7,2025-02-01T00:00:00Z"
    )
    arguments = ("import", "old.ledger", "old.csv", "--verb", "accrue", "--create-members", "--json")
    first, second = run(*arguments), run(*arguments)
    assert first.code == second.code == 0, first.err + second.err
    assert (first.document["applied"], second.document["replayed"]) == (2, 2)
    between = run("balance", "old.ledger", "a", "--at", "2025-02-15T00:00:00Z", "--json")
    assert between.document["available"] == 7


def test_members_come_before_their_history(run: Any) -> None:
    assert run("init", "old.ledger", "--manual-clock", "2025-01-01T00:00:00Z").code == 0
    run.write("members.csv", "member", "a")
    run.write("old.csv", "member,key,points,recorded_at", "a,k/1,7,2025-02-01T00:00:00Z")
    for file, verb in (("members.csv", "enroll"), ("old.csv", "accrue"), ("members.csv", "enroll")):
        ended = run("import", "old.ledger", file, "--verb", verb)
        assert ended.code == 0, ended.err
    every = run("entries", "old.ledger", "--json").document
    assert [entry["verb"] for entry in every] == ["enroll", "accrue"]
    assert every[0]["recorded_at"] < every[1]["recorded_at"] == "2025-02-01T00:00:00+00:00"


def test_local_times_need_a_zone(run: Any, ledger: str) -> None:
    run.write("bonus.csv", "member,points,occurred_at", "m-1,5,2026-03-01 10:00:00")
    arguments = ("import", ledger, "bonus.csv", "--verb", "accrue", "--dry-run", "--json")
    without, within = run(*arguments), run(*arguments, "--zone", "Europe/Berlin")
    assert without.code == 2
    assert within.code == 0, within.err
    assert within.document["totals"]["first occurred_at"] == "2026-03-01T09:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--verb", "accrue", "--map", "points=bonus"), "the file has no column 'bonus'"),
        (("--verb", "accrue", "--map", "points"), "--map points is no pair"),
        (("--verb", "purchase"), "no column for amount"),
        (("--verb", "redeem", "--map", "funder=member"), "redeem has no column 'funder'"),
        (("--verb", "redeem", "--create-members"), "--create-members goes with accrue and purchase"),
    ],
)
def test_a_wrong_mapping_says_what_there_is(run: Any, ledger: str, arguments: tuple[str, ...], says: str) -> None:
    ended = run("import", ledger, "accruals.csv", *arguments)
    assert ended.code == 2
    assert says in ended.err


def test_members_are_imported_once(run: Any, ledger: str) -> None:
    run.write("members.csv", "member,card", "m-7,2760007", "m-8,2760008")
    arguments = ("import", ledger, "members.csv", "--verb", "enroll", "--json")
    first, second = run(*arguments), run(*arguments)
    assert first.code == second.code == 0, first.err + second.err
    assert (first.document["applied"], second.document["replayed"]) == (2, 2)


def test_rows_name_members_by_any_alias(run: Any, ledger: str) -> None:
    run.write("members.csv", "member,phone", "m-7,+4930901820")
    assert run("import", ledger, "members.csv", "--verb", "enroll").code == 0
    run.write("bonus.csv", "member,member_kind,points", "m-7,,5", "+49 30 901820,phone,7", "+49 30 901829,phone,9")
    ended = run("import", ledger, "bonus.csv", "--verb", "accrue", "--create-members", "--json")
    assert (ended.document["applied"], ended.document["codes"]) == (2, {"MEMBER_NOT_FOUND": 1})
    found = run("balance", ledger, "--alias", "phone=+4930901820", "--json")
    assert found.document["available"] == 12
    for alias in ("phone", "=1", "phone="):
        ended = run("balance", ledger, "--alias", alias)
        assert ended.code == 2 and "is no pair" in ended.err


@pytest.mark.parametrize(
    ("name", "content", "more", "says"),
    [
        ("zone.csv", b"member,points\nm-1,5\n", ("--verb", "accrue", "--zone", "Mars/Base"), "is no time zone"),
        ("latin.csv", b"member,points\nm-\xff,5\n", ("--verb", "accrue"), "cannot read latin.csv"),
        (
            "long.csv",
            b"member,amount\nm-1,999999999999999999\nm-1,0.123456789\n",
            ("--verb", "purchase"),
            "does not fit into 18 digits",
        ),
    ],
)
def test_bad_files_are_told_not_thrown(
    run: Any, ledger: str, name: str, content: bytes, more: tuple[str, ...], says: str
) -> None:
    (run.folder / name).write_bytes(content)
    ended = run("import", ledger, name, *more)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_an_interrupted_import_says_how_to_go_on(
    run: Any, ledger: str, monkeypatch: pytest.MonkeyPatch, interrupt: BaseException
) -> None:
    def interrupted(table: FileTable) -> Any:
        yield from ()
        raise interrupt

    monkeypatch.setattr(FileTable, "chunks", interrupted)
    ended = run("import", ledger, "accruals.csv", "--verb", "accrue")
    assert ended.code == 2
    assert "Run the same command again to go on" in ended.err


def test_points_that_never_expire(run: Any, ledger: str) -> None:
    expiring = "2027-01-01T00:00:00Z"
    run.write(
        "gifts.csv", "member,points,expires_at,never_expires", "m-1,5,,true", f"m-1,6,{expiring},false", "m-1,7,,"
    )
    imported = run("import", ledger, "gifts.csv", "--verb", "accrue", "--json")
    assert (imported.code, imported.document["applied"]) == (0, 3), imported.err
    lots = {lot["points"]: lot["expires_at"] for lot in run("balance", ledger, "m-1", "--json").document["lots"]}
    assert lots[5] is None and lots[6] is not None
    run.write("gifts.csv", "member,points,never_expires", "m-1,5,never")
    wrong = run("import", ledger, "gifts.csv", "--verb", "accrue")
    assert wrong.code == 2 and "row 1, column 'never_expires': 'never' is no flag; write true or false" in wrong.err
