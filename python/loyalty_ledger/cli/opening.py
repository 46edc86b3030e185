"""Opens what a command reads or writes: a ledger in a directory of this machine, or one on a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

import loyalty_ledger as ll
from loyalty_ledger.cli.output import InputProblem, tell

# As long as a server lets a call take by default: `verify` reads all of a journal.
DEADLINE = 60.0
TOKEN_VARIABLE = "LOYALTY_LEDGER_TOKEN"

Place = Annotated[
    str | None,
    typer.Argument(metavar="LEDGER", help="Directory of the ledger; left out with --server.", show_default=False),
]
Server = Annotated[str | None, typer.Option("--server", metavar="HOST:PORT", help="Ask a server instead.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help=f"Holds the token that the server knows you by; else {TOKEN_VARIABLE} does.",
    ),
]
Authorities = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Authorities of the server's certificate, in PEM; else those that gRPC comes with.",
    ),
]


def open_directory(path: Path, *, read_only: bool = True) -> ll.Ledger:
    """Opens a ledger of this machine: to read it, beside whoever writes it."""
    if not path.is_dir():
        raise InputProblem(f"there is no ledger at {path}; create one with `loyalty-ledger init {path}`")
    ledger = ll.open(path, read_only=read_only, create=False)
    for notice in ledger.info().notices:
        tell(notice)
    return ledger


def open_to_read(
    place: str | None, server: str | None, token_file: Path | None, authorities: Path | None
) -> ll.Ledger | ll.Client:
    """Opens a ledger in a directory, or connects to a server that has one."""
    if (place is None) == (server is None):
        raise InputProblem("name the ledger by its directory or with --server HOST:PORT, one of the two")
    if server is not None:
        tls = None if authorities is None else ll.ClientTls(authorities=authorities)
        return ll.connect(server, token=_token(token_file), tls=tls, deadline=DEADLINE, channels=1)
    if token_file is not None or authorities is not None:
        raise InputProblem("--token-file and --ca are for a server; add --server HOST:PORT or leave them out")
    return open_directory(Path(place or ""))


def open_to_write(
    place: str | None, server: str | None, token_file: Path | None, authorities: Path | None
) -> ll.Ledger | ll.Client:
    """The same for a command that writes: nobody else may have the directory open."""
    if server is not None or place is None or token_file is not None or authorities is not None:
        return open_to_read(place, server, token_file, authorities)
    return open_directory(Path(place), read_only=False)


def without_place(place: str | None, member: str | None, server: str | None) -> tuple[str | None, str | None]:
    """Ledger and member as they were meant: with a server, the first argument that is written is the member."""
    return (None, place) if server is not None and member is None else (place, member)


def _token(file: Path | None) -> str | None:
    """The token that a caller shows: of a file, else of the environment."""
    if file is None:
        return os.environ.get(TOKEN_VARIABLE) or None
    token = file.read_text(encoding="utf-8").strip()
    if not token or len(token.split()) > 1:
        raise InputProblem(f"{file} holds no token; it is the first line that `loyalty-ledger token create` prints")
    return token
