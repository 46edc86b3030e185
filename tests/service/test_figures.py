"""What the board and the alerts of docs/ ask for is what a server tells at /metrics."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import loyalty_ledger as ll
from loyalty_ledger import _core
from service.looks import figure, probe, wait_until
from service.networks import SECONDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
BOARD = DOCS / "dashboard.json"
ALERTS = DOCS / "alerts.yml"
GUIDE = DOCS / "server.md"
# Prometheus adds them to whatever it scrapes.
OF_PROMETHEUS = {"instance", "job"}
WORDS = {"by", "or", "and", "unless", "on", "without"}
FUNCTIONS = {"sum", "min", "max", "rate", "increase", "deriv", "histogram_quantile"}


@dataclass
class Told:
    """Labels by name of the figure, with the values they had."""

    figures: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def take(self, line: str) -> None:
        name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line).groups()  # type: ignore[union-attr]
        of_figure = self.figures.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="([^"]*)"', labels or ""):
            of_figure.setdefault(label, set()).add(value)


@pytest.fixture
def server(served: ll.Ledger, clock: ll.ManualClock) -> Iterator[ll.Server]:
    with ll.serve(served, test_clock=clock, probes="127.0.0.1:0") as running:
        yield running


@pytest.fixture
def told(server: ll.Server) -> Told:
    """All figures after calls of several kinds."""
    with ll.connect(server.address) as client:
        client.enroll("m-1")
        client.accrue("m-1", 100, key="a")
        with pytest.raises(ll.MemberNotFound):
            client.balance("m-2")
        entries = client.watch()
        assert next(entries).key == "enroll/m-1"
        entries.close()
    assert server.probes is not None
    found = Told()
    for line in probe(server.probes, "/metrics")[1].splitlines():
        if not line.startswith("#"):
            found.take(line)
    return found


def wrong_in(expression: str, told: Told) -> list[str]:
    """What an expression names that no server tells."""
    bare = re.sub(r"\[[^\]]*\]", "", expression)
    grouped = [label for labels in re.findall(r"\bby \(([^)]*)\)", bare) for label in labels.split(", ")]
    matched = [match for braces in re.findall(r"\{([^}]*)\}", bare) for match in braces.split(",")]
    names = re.sub(r'\bby \([^)]*\)|\{[^}]*\}|"[^"]*"', " ", bare)
    used = set(re.findall(r"\b[a-z_]\w*", names)) - WORDS - FUNCTIONS
    wrong = sorted(used - set(told.figures))
    labels: dict[str, set[str]] = {}
    for name in used & set(told.figures):
        for label, values in told.figures[name].items():
            labels.setdefault(label, set()).update(values)
    known = set(labels) | OF_PROMETHEUS
    wrong += [label for label in grouped if label not in known]
    for match in matched:
        label, relation, value = re.fullmatch(r'(\w+)(=|!=|=~|!~)"(.*)"', match).groups()  # type: ignore[union-attr]
        if label not in known:
            wrong.append(label)
        elif label == "code" and not set(value.split("|")) <= labels[label]:
            wrong.append(f"{label} {relation} {value}")
    return wrong if used else [f"no figure in {expression}"]


def panels() -> list[dict[str, Any]]:
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    assert board["schemaVersion"] >= 36 and [given["name"] for given in board["__inputs"]] == ["DS_PROMETHEUS"]
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def targets() -> list[tuple[str, str]]:
    """Expressions of the board, each with the legend of what it shows."""
    return [(target["expr"], target["legendFormat"]) for panel in panels() for target in panel["targets"]]


def alerts() -> list[str]:
    return re.findall(r"^ +expr: (.+)$", ALERTS.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_board_asks_for_what_is_told(told: Told) -> None:
    assert len(targets()) > 20
    wrong = {expression: wrong_in(expression, told) for expression, _ in targets()}
    assert {expression: found for expression, found in wrong.items() if found} == {}


def test_legends_name_labels_that_their_expressions_keep(told: Told) -> None:
    for expression, legend in targets():
        grouped = re.findall(r"^(?:\w+\(0\.\d+, )?\w+ by \(([^)]*)\)", expression)
        kept = set(grouped[0].split(", ")) if grouped else OF_PROMETHEUS
        assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= kept, expression


def test_every_panel_asks_the_source_that_was_chosen_on_import() -> None:
    for panel in panels():
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert all(source == {"type": "prometheus", "uid": "${DS_PROMETHEUS}"} for source in sources)
    places = [tuple(panel["gridPos"].values()) for panel in panels()]
    assert len(set(places)) == len(places)


def test_alerts_ask_for_what_is_told(told: Told) -> None:
    assert len(alerts()) == ALERTS.read_text(encoding="utf-8").count("- alert: ")
    wrong = {expression: wrong_in(expression, told) for expression in alerts()}
    assert {expression: found for expression, found in wrong.items() if found} == {}


def test_what_is_not_told_is_noticed(told: Told) -> None:
    assert wrong_in("rate(loyalty_nothing_total[5m])", told) == ["loyalty_nothing_total"]
    assert wrong_in('loyalty_stopped{color="red"}', told) == ["color"]
    assert wrong_in('loyalty_stopped{code="NO_CODE"}', told) == ["code = NO_CODE"]
    assert wrong_in("sum by (city) (loyalty_queue)", told) == ["city"]


def test_the_guide_has_every_figure_and_no_other(told: Told) -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| figure |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    written = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    families = {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in told.figures}
    assert written == families


def test_readers_of_watch_and_calls_are_counted_while_they_last(server: ll.Server, served: ll.Ledger) -> None:
    served.enroll("m-1")
    assert server.probes is not None
    with ll.connect(server.address) as client:
        entries = client.watch()
        next(entries)
        assert figure(server.probes, "loyalty_watchers") == 1
        threading.Timer(0.1, entries.close).start()
        assert list(entries) == []
    wait_until(lambda: figure(server.probes, "loyalty_watchers") == 0)
    wait_until(lambda: figure(server.probes, "loyalty_calls") == 0)


def test_entries_of_syncs_and_misses_add_up(server: ll.Server, told: Told) -> None:
    assert server.probes is not None
    assert figure(server.probes, "loyalty_sync_entries_sum") == figure(server.probes, "loyalty_entries") == 2
    assert figure(server.probes, "loyalty_misses_total") == 1
    assert figure(server.probes, "loyalty_stopped") == 0


def test_sweeps_and_connections_that_come_to_nothing_are_counted(tmp_path: Path) -> None:
    with (
        ll.open(tmp_path / "ledger") as ledger,
        ll.serve(ledger, probes="127.0.0.1:0", sweep_seconds=0.05) as server,
    ):
        probes = str(server.probes)
        wait_until(lambda: figure(probes, "loyalty_sweeps_total") > 1)
        assert figure(probes, "loyalty_sweeps_failed_total") == 0
        host, port = server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), SECONDS) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            wait_until(lambda: figure(probes, "loyalty_connections_failed_total") == 1)


def test_looks_that_are_refused_after_too_many_misses_are_counted(
    served: ll.Ledger, clock: ll.ManualClock, tmp_path: Path
) -> None:
    token, digits = _core.new_token("till")
    file = tmp_path / "principals.toml"
    lines = ["[principals.till]", 'role = "pos"', "limits = { misses_per_minute = 1 }"]
    lines.append(f'tokens = [{{ id = "till", hash = "{digits}" }}]')
    file.write_text("\n".join(lines), encoding="utf-8")
    with (
        ll.serve(served, test_clock=clock, principals=file, probes="127.0.0.1:0") as server,
        ll.connect(server.address, token=token) as till,
    ):
        for refusal in (ll.MemberNotFound, ll.RateLimited):
            with pytest.raises(refusal):
                till.balance("m-1")
        assert figure(str(server.probes), "loyalty_misses_total") == 1
        assert figure(str(server.probes), "loyalty_rate_limited_total") == 1
