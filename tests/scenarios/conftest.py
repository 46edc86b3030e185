"""Opens the ledgers on which the scripts are played."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledgers import EmbeddedLedger, PlayedLedger, PlayedModel, RemoteLedger, Restart
from model.local_time import instant_of

Play = Callable[..., PlayedLedger]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "play" in metafunc.fixturenames:
        modes = [*(restart.value for restart in Restart), "remote"]
        is_long = metafunc.definition.get_closest_marker("engine")
        metafunc.parametrize("play", modes if is_long else ["model", *modes], indirect=True)


@pytest.fixture
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Play]:
    """Opens a ledger with a program, at a local time of Berlin; when the script is over, it must be sound."""
    opened: list[PlayedLedger] = []

    def open_ledger(program: str, start: str = "2025-01-01T00:00") -> PlayedLedger:
        instant = instant_of(datetime.fromisoformat(start), ZoneInfo("Europe/Berlin"))
        if request.param == "model":
            ledger: PlayedLedger = PlayedModel(program, instant)
        else:
            directory = tmp_path / str(len(opened))
            directory.mkdir()
            if request.param == "remote":
                ledger = RemoteLedger(program, instant, directory)
            else:
                ledger = EmbeddedLedger(program, instant, directory, Restart(request.param))
        opened.append(ledger)
        return ledger

    yield open_ledger
    for ledger in opened:
        ledger.assert_sound()
        ledger.close()
