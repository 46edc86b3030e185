"""`loyalty-ledger serve`: puts a ledger on the network until it is told to stop."""

from __future__ import annotations

import signal
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

import loyalty_ledger as ll
from loyalty_ledger import _core
from loyalty_ledger.cli.arguments import LedgerPath, read_time
from loyalty_ledger.cli.output import InputProblem, print_line, tell

Listen = Annotated[
    str | None, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen; port 0 takes any that is free.")
]
Probes = Annotated[
    str | None, typer.Option("--probes", metavar="HOST:PORT", help="Where to answer /metrics, /livez and /readyz.")
]
Principals = Annotated[
    Path | None,
    typer.Option("--principals", metavar="FILE", exists=True, dir_okay=False, help="Who may call; see the guide."),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", exists=True, dir_okay=False, help="Settings as TOML.")
]
TestClock = Annotated[
    str | None,
    typer.Option("--test-clock", metavar="TIME", help="Let callers move the clock, which starts here; loopback only."),
]
JsonLogs = Annotated[bool, typer.Option("--json-logs", help="Log one JSON object per line.")]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the settings file may say; docs/server.md has it with its defaults."""

    listen: str = "127.0.0.1:7600"
    probes: str | None = None
    principals: str | None = None
    sweep_seconds: float = 60.0
    grace_seconds: float = 10.0
    tls: ll.TlsFiles | None = None
    limits: ll.ServerLimits = ll.ServerLimits()


def serve(
    ledger: LedgerPath,
    listen: Listen = None,
    probes: Probes = None,
    principals: Principals = None,
    config: ConfigFile = None,
    test_clock: TestClock = None,
    json_logs: JsonLogs = False,
) -> None:
    """Serve a ledger over gRPC. The first line on stdout is the address; Ctrl-C or SIGTERM stops it gracefully."""
    settings = read_settings(config)
    start = read_time("--test-clock", test_clock)
    clock = None if start is None else ll.ManualClock(start)
    _core.log_to_stderr(json_logs, False)
    with ll.open(ledger, clock=clock, create=clock is not None) as opened:
        for notice in opened.info().notices:
            tell(notice)
        server = ll.serve(
            opened,
            listen or settings.listen,
            probes=probes or settings.probes,
            tls=settings.tls,
            principals=principals or settings.principals,
            limits=settings.limits,
            sweep_seconds=settings.sweep_seconds,
            test_clock=clock,
        )
        signal.signal(signal.SIGTERM, _interrupt)
        print_line(server.address)
        try:
            server.wait()
        except KeyboardInterrupt:
            tell("stopping; calls in flight may end")
        if not server.stop(settings.grace_seconds):
            tell(f"some calls did not end within {settings.grace_seconds:g} s; what was acknowledged is on disk")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def read_settings(path: Path | None) -> Settings:
    """The settings of a file, or the defaults."""
    if path is None:
        return Settings()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise InputProblem(f"{path}: {problem}") from None
    given: dict[str, Any] = _checked(path, "", told, Settings)
    if "tls" in given:
        given["tls"] = ll.TlsFiles(**_checked(path, "tls.", given["tls"], ll.TlsFiles))
    if "limits" in given:
        given["limits"] = ll.ServerLimits(**_checked(path, "limits.", given["limits"], ll.ServerLimits))
    return Settings(**given)


def _checked(path: Path, prefix: str, told: object, kind: type[Any]) -> dict[str, Any]:
    """The settings of a table, if they are settings, of the right types, and all there."""
    if not isinstance(told, dict):
        raise InputProblem(f"{path}: {prefix.rstrip('.')} is a table; write [{prefix.rstrip('.')}]")
    known = {field.name: field for field in fields(kind)}
    for name, value in told.items():
        if name not in known:
            raise InputProblem(f"{path}: {prefix}{name} is not a setting; there are {', '.join(sorted(known))}")
        wanted = _types(known[name].type)
        if isinstance(value, bool) or (wanted and not isinstance(value, wanted)):
            raise InputProblem(f"{path}: {prefix}{name} = {value!r} has the wrong type")
    for field in known.values():
        if field.name not in told and field.default is MISSING:
            raise InputProblem(f"{path}: {prefix}{field.name} is missing")
    return told


def _types(annotation: object) -> tuple[type, ...]:
    """What TOML may have for a field; a table is looked at by itself."""
    match str(annotation).removesuffix(" | None"):
        case "str" | "StrPath":
            return (str,)
        case "int":
            return (int,)
        case "float":
            return (float, int)
        case _:
            return ()
