"""Opening: programs, clocks, and directories that are none."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import blake3
import pytest

import loyalty_ledger as ll

PROGRAM = '[currencies.points]\n[earning]\npoints = 1\nper_minor_units = 100\nmoney = "CHF"\n'


def test_the_version_is_the_packages() -> None:
    assert ll.__version__.count(".") == 2
    assert all(hasattr(ll, name) for name in ll.__all__)


def test_a_program_by_text_and_by_path(tmp_path: Path) -> None:
    file = tmp_path / "program.toml"
    file.write_text(PROGRAM, encoding="utf-8")
    for number, program in enumerate((PROGRAM, file, str(file))):
        with ll.open(tmp_path / f"{number}.ledger", program=program) as ledger:
            assert (ledger.info().money, ledger.info().program_version) == ("CHF", 1)
    with ll.open(tmp_path / "0.ledger", program=PROGRAM) as ledger:
        assert ledger.info().program_version == 1
    with pytest.raises(FileNotFoundError):
        ll.open(tmp_path / "3.ledger", program="missing.toml")


@pytest.mark.parametrize(
    ("program", "place", "name"),
    [
        ('zone = "Mars/Base"\n', "line 1, column 8", "Mars/Base"),
        ('zone = "UTC"\n[currencies.points]\nexpiry = "someday"\n', "line 3, column 10", "expiry"),
        ('[currencies.points]\ncolour = "red"\n', "line 2, column 1", "colour"),
        ('[earning]\ncurrency = "stars"\n', "line 2, column 12", "stars"),
        ('zone = "UTC\n', "line 1, column 12", 'expected `"`'),
    ],
)
def test_faults_of_a_program_name_line_and_column(tmp_path: Path, program: str, place: str, name: str) -> None:
    with pytest.raises(ll.ProgramInvalid) as raised:
        ll.open(tmp_path / "p.ledger", program=program)
    assert place in str(raised.value)
    assert name in str(raised.value)
    with ll.open(tmp_path / "q.ledger") as ledger, pytest.raises(ll.ProgramInvalid, match=place):
        ledger.publish(program)


def test_a_programs_path_may_have_an_equals_sign(tmp_path: Path) -> None:
    file = tmp_path / "zone=UTC.toml"
    file.write_text('zone = "Europe/Berlin"')
    with ll.open(tmp_path / "points.ledger", program=str(file)) as ledger:
        assert (ledger.info().zone, ledger.info().program_version) == ("Europe/Berlin", 1)


def test_create_can_be_ruled_out(tmp_path: Path) -> None:
    absent = r"there is no ledger in .*none\.ledger; create one, or check the path"
    with pytest.raises(ll.LedgerError, match=absent):
        ll.open(tmp_path / "none.ledger", create=False)
    assert not (tmp_path / "none.ledger").exists()
    with pytest.raises(ll.LedgerError, match=absent):
        ll.open(tmp_path / "none.ledger", read_only=True)


def test_arguments_of_the_wrong_type(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="path must be a path"):
        ll.open(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="clock must be a ManualClock"):
        ll.open(tmp_path / "p.ledger", clock=datetime.now(UTC))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="read_only must be True or False"):
        ll.open(tmp_path / "p.ledger", read_only=1)  # type: ignore[arg-type]


def test_a_directory_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "points.ledger"
    file.write_text("not a ledger")
    with pytest.raises(ll.CannotOpen, match=r"points\.ledger"):
        ll.open(file)
    assert file.read_text() == "not a ledger"


def test_a_directory_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ll.DirectoryNotEmpty, match="other files; choose an empty directory"):
        ll.open(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt"]


@pytest.fixture
def read_only_directory() -> Iterator[Path]:
    """A directory in which even root, who does not ask for permission, may not write while the test runs."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        as_root = os.geteuid() == 0
        if as_root:
            os.seteuid(65534)
        try:
            yield directory
        finally:
            if as_root:
                os.seteuid(0)
            directory.chmod(stat.S_IRWXU)


def test_a_read_only_directory(read_only_directory: Path) -> None:
    with pytest.raises(ll.LedgerError, match="grant write access"):
        ll.open(read_only_directory / "points.ledger")


def test_a_ledger_of_a_newer_format(path: Path) -> None:
    ll.open(path).close()
    header = path / "ledger.header"
    newer = bytearray(header.read_bytes()[:-32])
    newer[8:10] = (2**15).to_bytes(2, "little")
    header.write_bytes(bytes(newer) + blake3.blake3(bytes(newer)).digest())
    with pytest.raises(ll.LedgerError, match="was written in format 32768"):
        ll.open(path)


def test_a_damaged_header(path: Path) -> None:
    ll.open(path).close()
    header = path / "ledger.header"
    damaged = bytearray(header.read_bytes())
    damaged[20] ^= 1
    header.write_bytes(bytes(damaged))
    with pytest.raises(ll.ChainBroken, match=r"header .* is damaged \(.+\); restore it from a backup"):
        ll.open(path)


def test_read_only_takes_no_writes(ledger: ll.Ledger, member: str, path: Path) -> None:
    with ll.open(path, read_only=True) as reader:
        assert reader.info().read_only
        assert reader.balance(member).available == 100
        for write in (lambda: reader.accrue(member, 1, key="a"), reader.sweep, lambda: reader.publish("")):
            with pytest.raises(ll.ReadOnly):
                write()


def test_a_reader_sees_what_the_writer_adds(ledger: ll.Ledger, member: str, path: Path) -> None:
    with ll.open(path, read_only=True) as reader:
        ledger.accrue(member, 5, key="more")
        assert reader.balance(member).available == 105
        assert reader.entry(key="more").requested == 5
        assert reader.digest() == ledger.digest()


def test_clocks_of_the_wrong_kind(path: Path, clock: ll.ManualClock) -> None:
    ll.open(path).close()
    with pytest.raises(ll.LedgerError, match="(?i)clock"):
        ll.open(path, clock=clock)


def test_a_ledger_leaves_its_manual_clock_once(ledger: ll.Ledger, member: str, path: Path, clock: Any) -> None:
    ledger.close()
    with ll.open(path) as live:
        assert live.info().clock == "system"
        assert live.accrue(member, 1, key="live").recorded_at > clock.now() + timedelta(days=1)
    with pytest.raises(ll.LedgerError, match="(?i)clock"):
        ll.open(path, clock=clock)


def test_a_torn_tail_is_told(tmp_path: Path) -> None:
    path = tmp_path / "points.ledger"
    with ll.open(path) as ledger:
        ledger.enroll("m-1")
        assert ledger.info().notices == ()
        torn = tmp_path / "torn.ledger"
        # A segment that is being prepared for later is on its way to another name.
        shutil.copytree(path, torn, ignore=shutil.ignore_patterns("*.new"))
    segment = max(file for file in torn.glob("segment-*.journal") if any(file.read_bytes()))
    data = bytearray(segment.read_bytes())
    last = max(place for place, byte in enumerate(data) if byte)
    data[last] = 0
    segment.write_bytes(data)
    with ll.open(torn) as ledger:
        assert ledger.checkpoint().sequence == 0
        (notice,) = ledger.info().notices
        assert "cut" in notice
