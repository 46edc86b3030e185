"""Tokens for callers of a server: shown once, kept as a hash."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from typing import Any


def test_a_token_and_the_line_that_lets_it_in(run: Any) -> None:
    made = run("token", "create", "--id", "till-12", "--expires", "2099-01-01T00:00:00+01:00")
    assert made.code == 0, made.err
    token, _, snippet = made.out.partition("\n")
    assert re.fullmatch(r"llk_till-12_[0-9a-f]{64}", token)
    [line] = tomllib.loads(snippet)["tokens"]
    assert (line["id"], line["expires"]) == ("till-12", datetime.fromisoformat("2099-01-01T00:00:00+01:00"))
    assert re.fullmatch(r"[0-9a-f]{64}", line["hash"])
    assert token not in made.err
    assert token.removeprefix("llk_till-12_") not in snippet


def test_for_programs_and_without_an_end(run: Any) -> None:
    documents = [run("token", "create", "--id", "a", "--json").document for _ in range(2)]
    assert all(document["expires"] is None and document["id"] == "a" for document in documents)
    for field in ("token", "hash"):
        assert documents[0][field] != documents[1][field]
    [line] = tomllib.loads(run("token", "create", "--id", "a").out.partition("\n")[2])["tokens"]
    assert set(line) == {"id", "hash"}


def test_what_cannot_be_made_says_why(run: Any) -> None:
    for arguments, told in [
        (("--id", "Till_12"), "1 to 32 small letters, digits and dashes"),
        (("--id", ""), "1 to 32 small letters"),
        (("--id", "a", "--expires", "2099-01-01T00:00:00"), "has no offset"),
        (("--id", "a", "--expires", "tomorrow"), "is not a time"),
        (("--id", "a", "--expires", datetime.now(UTC).isoformat()), "has passed"),
    ]:
        ended = run("token", "create", *arguments)
        assert ended.code == 2
        assert told in ended.err
        assert ended.out == ""
