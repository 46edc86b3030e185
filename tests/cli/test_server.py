"""`--server`: the commands that read print of a server what they print of its ledger's directory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

import loyalty_ledger as ll
from loyalty_ledger import _core
from loyalty_ledger.cli.opening import TOKEN_VARIABLE

DAY = "2026-05-01"
READS = [
    ("balance", "m-1"),
    ("balance", "--card", "2760001"),
    ("balance", "--alias", "card=2760001"),
    ("balance", "m-1", "--at", "2099-01-01T00:00:00Z"),
    ("statement", "m-1", "--language", "de"),
    ("statement", "--card", "2760001"),
    ("explain", "--alias", "card=276-0001"),
    ("explain", "m-2"),
    ("entries", "--from", "2", "--limit", "3"),
    ("entries", "--key", "a/2"),
    ("totals", "--store", "12", "--date", DAY),
    ("holds", "--store", "12"),
    ("verify",),
]


@pytest.fixture
def address(run: Any, ledger: str) -> Iterator[str]:
    """A server on loopback, with a sale, a card and a hold beside the members' points."""
    with ll.open(run.folder / ledger) as opened, ll.serve(opened) as server:
        receipt = ll.Receipt(store="12", terminal="3", business_date=date.fromisoformat(DAY), number="4711")
        opened.add_alias("m-1", "card", "2760001", key="card/1")
        opened.purchase("m-1", amount="36.90", receipt=receipt, key="p/1")
        held = ll.Receipt(store="12", terminal="3", business_date=date.fromisoformat(DAY), number="4712")
        opened.authorize("m-1", 20, ttl=timedelta(days=7), receipt=held, key="h/1")
        yield server.address


def told(verb: str, out: str, as_json: tuple[str, ...]) -> Any:
    """What was printed, but for the instant at which it was asked."""
    if as_json:
        document = json.loads(out)
        return document | {"at": None} if isinstance(document, dict) else document
    return out.partition("\n")[2] if verb == "explain" else out


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["people", "programs"])
@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_the_same_is_printed(run: Any, ledger: str, address: str, command: tuple[str, ...], as_json: Any) -> None:
    verb, *rest = command
    here, there = run(verb, ledger, *rest, *as_json), run(verb, "--server", address, *rest, *as_json)
    assert (here.code, there.code) == (0, 0), here.err + there.err
    assert told(verb, there.out, as_json) == told(verb, here.out, as_json)
    assert there.out.strip()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("balance", "m-404", "--server", "{address}"), "MEMBER_NOT_FOUND"),
        (("balance", "--server", "{address}"), "by its id or with --card"),
        (("balance", "points.ledger", "m-1", "--server", "{address}"), "one of the two"),
        (("entries", "points.ledger", "--server", "{address}"), "one of the two"),
        (("verify",), "by its directory or with --server HOST:PORT"),
        (("balance",), "by its id or with --card"),
        (("verify", "points.ledger", "--token-file", "token"), "add --server"),
        (("verify", "points.ledger", "--ca", "token"), "add --server"),
        (("verify", "--server", "{address}", "--token-file", "token"), "holds no token"),
        (("verify", "--server", "{address}", "--token-file", "none"), "none"),
        (("verify", "--server", ""), "target is empty"),
        (("verify", "--server", "127.0.0.1:1"), "127.0.0.1:1 did not answer"),
        (("statement", "m-1", "--before", "xyz", "--server", "{address}"), "is not a position"),
    ],
)
def test_what_is_wrong_is_said(run: Any, address: str, arguments: tuple[str, ...], says: str) -> None:
    run.write("token", "two words")
    ended = run(*(argument.format(address=address) for argument in arguments))
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_a_token_of_a_file_or_of_the_environment(run: Any, ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token, digits = _core.new_token("audit")
    principals = run.write(
        "principals.toml", "[principals.audit]", 'role = "auditor"', f'tokens = [{{ id = "audit", hash = "{digits}" }}]'
    )
    run.write("audit.token", token)
    with (
        ll.open(run.folder / ledger) as opened,
        ll.serve(opened, principals=run.folder / principals) as server,
    ):
        asked = ("balance", "m-1", "--server", server.address, "--json")
        refused = run(*asked)
        assert refused.code == 2 and "UNKNOWN_CREDENTIAL" in refused.err
        assert run(*asked, "--token-file", "audit.token").document["available"] == 107
        monkeypatch.setenv(TOKEN_VARIABLE, token)
        assert run(*asked).document["available"] == 107
        # The environment's is of no account where a ledger is opened here.
        assert run("balance", ledger, "m-1", "--json").document["available"] == 107
    elsewhere = run("balance", "m-1", "--server", "pos.invalid:7600", "--ca", "none")
    assert elsewhere.code == 2 and "none" in elsewhere.err


def test_a_support_desk_needs_no_more_than_to_read(run: Any, ledger: str) -> None:
    token, digits = _core.new_token("desk")
    principals = run.write(
        "principals.toml", "[principals.desk]", 'role = "support"', f'tokens = [{{ id = "desk", hash = "{digits}" }}]'
    )
    run.write("desk.token", token)
    with ll.open(run.folder / ledger) as opened, ll.serve(opened, principals=run.folder / principals) as server:
        shown = ("--server", server.address, "--token-file", "desk.token")
        for command in (("balance", "m-1"), ("statement", "m-1"), ("explain", "m-1")):
            assert run(*command, *shown).code == 0
        refused = run("verify", *shown)
        assert refused.code == 2 and "verify" in refused.err.lower()


def test_an_authority_of_ones_own(run: Any, ledger: str) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    files = {name: run.folder / f"{name}.pem" for name in ("authority", "certificate", "key")}
    authority.cert_pem.write_to_path(str(files["authority"]))
    issued.cert_chain_pems[0].write_to_path(str(files["certificate"]))
    issued.private_key_pem.write_to_path(str(files["key"]))
    tls = ll.TlsFiles(certificate=files["certificate"], key=files["key"])
    with ll.open(run.folder / ledger) as opened, ll.serve(opened, tls=tls) as server:
        ended = run("balance", "m-1", "--server", server.address, "--ca", str(Path("authority.pem")), "--json")
        assert ended.code == 0, ended.err
        assert ended.document["available"] == 107
