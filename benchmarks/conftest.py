"""What benchmarks share: the scale, a place on disk, and the table of figures at the end."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.bare import BareFile
from benchmarks.figures import Figures
from benchmarks.ledgers import FreshLedgers
from benchmarks.workload import Scale, chosen_scale

FIGURES = pytest.StashKey[Figures]()
# In the checkout, not in the temporary folder: that may be memory, on which a sync costs nothing.
PLACE = Path(os.environ.get("LOYALTY_LEDGER_BENCH_DIRECTORY") or Path(__file__).parents[1] / ".cache" / "benchmarks")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


@pytest.fixture(scope="session")
def scale() -> Scale:
    return chosen_scale()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return request.config.stash[FIGURES]


@pytest.fixture
def directory() -> Iterator[Path]:
    """An empty directory on the disk that is measured, removed afterwards."""
    yield from scratch()


@pytest.fixture(scope="module")
def shared_directory() -> Iterator[Path]:
    """The same, for all benchmarks of a file."""
    yield from scratch()


@pytest.fixture
def fresh(directory: Path) -> Iterator[FreshLedgers]:
    ledgers = FreshLedgers(directory)
    yield ledgers
    ledgers.close()


@pytest.fixture
def bare(directory: Path) -> Iterator[BareFile]:
    file = BareFile(directory / "bare")
    yield file
    file.close()


def scratch() -> Iterator[Path]:
    PLACE.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=PLACE))
    yield made
    shutil.rmtree(made)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[FIGURES]
    if not figures.all:
        return
    terminalreporter.section(f"figures, scale {chosen_scale().name}")
    terminalreporter.write_line(f"{processor()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}")
    terminalreporter.write_line("")
    for line in figures.lines():
        terminalreporter.write_line(line)


def processor() -> str:
    """The processor's model, as the system names it."""
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
