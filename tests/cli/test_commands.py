"""The commands that read, verify, copy and check; where data, messages and exit codes go."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

import loyalty_ledger as ll
from loyalty_ledger.cli import bench

PROGRAM = ('zone = "Europe/Berlin"', "[earning]", 'money = "USD"')


def test_balance_for_people_and_for_programs(run: Any, ledger: str) -> None:
    people, programs = run("balance", ledger, "m-1"), run("balance", ledger, "m-1", "--json")
    assert people.code == programs.code == 0, people.err + programs.err
    assert "107" in people.out
    document = programs.document
    assert (document["available"], document["pending"], document["held"], document["debt"]) == (107, 0, 0, 0)
    assert sum(lot["points"] for lot in document["lots"]) == 107


def test_statement_is_paged_newest_first(run: Any, ledger: str) -> None:
    first = run("statement", ledger, "m-1", "--limit", "1", "--json").document
    assert [row["points"] for row in first["rows"]] == [7]
    rest = run("statement", ledger, "m-1", "--before", str(first["next"]), "--json").document
    assert [row["points"] for row in rest["rows"]] == [100]
    assert run("statement", ledger, "m-1").out.count("Points credited") == 2


def test_entries_by_sequence_and_by_key(run: Any, ledger: str) -> None:
    every = run("entries", ledger, "--json").document
    assert [entry["sequence"] for entry in every] == list(
        range(every[0]["sequence"], every[0]["sequence"] + len(every))
    )
    [one] = run("entries", ledger, "--key", "a/2", "--json").document
    assert one in every
    assert run("entries", ledger, "--from", str(one["sequence"]), "--limit", "1", "--json").document == [one]


def test_verify_backup_and_restore(run: Any, ledger: str) -> None:
    assert run("verify", ledger, "--json").document["ok"] is True
    copied = run("backup", ledger, "copy.backup", "--json")
    assert copied.code == 0, copied.err
    restored = run("restore", "copy.backup", "again.ledger", "--json")
    assert restored.code == 0, restored.err
    assert run("verify", "again.ledger").code == 0
    mine, theirs = (run("balance", name, "m-1", "--json").document for name in (ledger, "again.ledger"))
    assert mine["available"] == theirs["available"] == 107


def test_restore_up_to_an_entry(run: Any, ledger: str) -> None:
    [second] = run("entries", ledger, "--key", "a/2", "--json").document
    assert run("backup", ledger, "copy.backup").code == 0
    ended = run("restore", "copy.backup", "early.ledger", "--through", str(second["sequence"]))
    assert ended.code == 0, ended.err
    assert run("balance", "early.ledger", "m-1", "--json").document["available"] == 100


def test_a_damaged_ledger_is_an_error(run: Any, ledger: str) -> None:
    run("import", ledger, run.write("more.csv", "member,points", "m-1,1"), "--verb", "accrue", "--create-members")
    segments = sorted((run.folder / ledger).rglob("*.journal"))
    content = bytearray(segments[0].read_bytes())
    content[len(content.rstrip(b"\0")) // 2] ^= 1
    segments[0].write_bytes(content)
    ended = run("verify", ledger)
    assert (ended.code, ended.out) == (2, "")
    assert re.search(
        r"error: journal segment 1 is corrupt at byte \d+: .+; restore this ledger .*\[CHAIN_BROKEN\]", ended.err
    )


def test_program_check_names_line_and_column(run: Any) -> None:
    good = run("program", "check", run.write("good.toml", *PROGRAM), "--json")
    assert (good.code, good.document["ok"]) == (0, True), good.err
    (run.folder / "a=b.toml").write_text('zone = "UTC"')
    assert run("program", "check", "a=b.toml").code == 0
    assert run("init", "one-line.ledger", "--program", "a=b.toml").code == 0
    bad = run("program", "check", run.write("bad.toml", 'zone = "Mars/Base"'), "--json")
    assert (bad.code, bad.document["ok"]) == (1, False)
    assert "line 1, column 8" in bad.document["problem"]


def test_init_with_a_program(run: Any) -> None:
    program = run.write("program.toml", *PROGRAM)
    assert run("init", "dollars.ledger", "--program", program, "--json").document["clock"] == "system"
    run.write("sales.csv", "member,amount,currency", "m-1,5.00,USD")
    ended = run("import", "dollars.ledger", "sales.csv", "--verb", "purchase", "--create-members")
    assert ended.code == 0, ended.err
    again = run("init", "dollars.ledger")
    assert again.code == 2
    assert "exists already" in again.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("balance", "none.ledger", "m-1"), "loyalty-ledger init"),
        (("balance", "points.ledger"), "by its id or with --card"),
        (("balance", "points.ledger", "m-404"), "MEMBER_NOT_FOUND"),
        (("balance", "points.ledger", "m-1", "--at", "2026-01-01T00:00:00"), "has no offset"),
        (("balance", "points.ledger", "m-1", "--at", "soon"), "is not a time"),
        (("entries", "points.ledger", "--key", "none"), "TRANSACTION_NOT_FOUND"),
        (("nonsense",), "nonsense"),
        (("statement", "points.ledger", "m-1", "--before", "xyz"), "not a position of a statement"),
        (("balance", "points.ledger", "m-\udcff"), "cannot be written as UTF-8"),
        (("init", "other.ledger", "--program", "latin.toml"), "utf-8"),
        (("program", "check", "latin.toml"), "utf-8"),
    ],
)
def test_errors_go_to_stderr_with_code_two(run: Any, ledger: str, arguments: tuple[str, ...], says: str) -> None:
    (run.folder / "latin.toml").write_bytes(b'zone = "\xff"\n')
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert says in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {}])
def test_a_process_of_its_own_ends_alike(run: Any, ledger: str, environment: dict[str, str]) -> None:
    ended = run.in_process_of_its_own("balance", ledger, "m-1", **environment)
    assert (ended.code, ended.err) == (0, "")
    assert "107" in ended.out
    assert "\x1b" not in ended.out
    failed = run.in_process_of_its_own("balance", ledger, "m-404", **environment)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == 'error: no member "m-404"; enroll it first [MEMBER_NOT_FOUND]\n'


def test_bench_measures_and_cleans_up(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SINGLE_CALLS", 50)
    monkeypatch.setattr(bench, "BALANCES", 500)
    ended = run("bench", "--rows", "20000", "--members", "500", "--directory", ".", "--json")
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    rates = ("accruals_per_second", "redemptions_per_second", "single_calls_per_second", "balances_per_second")
    assert all(document[name] > 0 for name in rates)
    assert list(run.folder.iterdir()) == []


def test_version(run: Any) -> None:
    assert run("--version").out.strip()


def test_explain_adds_up(run: Any, ledger: str) -> None:
    people, programs = run("explain", ledger, "m-1"), run("explain", ledger, "m-1", "--json")
    assert people.code == programs.code == 0, people.err + programs.err
    assert "available 107" in people.out
    assert sum(story["available"] for story in programs.document["lots"]) == 107
    assert "verfügbar 107" in run("explain", ledger, "m-1", "--language", "de").out
    assert "Gutschrift" in run("statement", ledger, "m-1", "--language", "de").out
    wrong = run("explain", ledger, "m-1", "--language", "fr")
    assert wrong.code == 2 and "language" in wrong.err


def test_totals_and_holds_of_a_till(run: Any, ledger: str) -> None:
    empty = run("totals", ledger, "--store", "12", "--date", "2026-05-01", "--json")
    assert (empty.code, empty.document["rows"]) == (0, []), empty.err
    assert run("totals", ledger, "--store", "12", "--date", "2026-05-01").code == 0
    wrong = run("totals", ledger, "--store", "12", "--date", "1 May")
    assert wrong.code == 2 and "2026-03-31" in wrong.err
    assert run("holds", ledger, "--json").document == []
    assert run("holds", ledger, "--store", "12", "--older-than", "10").code == 0
    assert run("holds", ledger, "--limit", "1", "--after", "7", "--json").document == []
    assert run("holds", ledger, "--limit", "1001").code == 2


def test_holds_page_by_page(run: Any, ledger: str) -> None:
    with ll.open(run.folder / ledger) as opened:
        sequences = [opened.authorize("m-1", 5, ttl=timedelta(days=7), key=f"h-{number}").sequence for number in (1, 2)]
    first = run("holds", ledger, "--limit", "1")
    assert first.code == 0 and f"--after {sequences[0]}" in first.err
    after = run("holds", ledger, "--limit", "2", "--after", str(sequences[0]), "--json")
    assert [hold["authorization"] for hold in after.document] == sequences[1:]
