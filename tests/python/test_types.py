"""The types: the package passes mypy --strict, the stub is the module's."""

import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "python" / "loyalty_ledger"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=PACKAGE.parents[1])


def test_the_package_is_typed_strictly() -> None:
    checked = run("mypy", "--strict", str(PACKAGE))
    assert checked.returncode == 0, checked.stdout
    assert (PACKAGE / "py.typed").exists()


def test_the_stub_is_the_modules() -> None:
    checked = run("mypy.stubtest", "loyalty_ledger._core")
    assert checked.returncode == 0, checked.stdout


def test_users_get_types(tmp_path: Path) -> None:
    program = tmp_path / "till.py"
    program.write_text(
        "import loyalty_ledger as ll\n"
        "ledger: ll.Ledger = ll.open('x')\n"
        "answer: ll.Answer = ledger.redeem('m-1', 5, key='k')\n"
        "points: int = answer.balance.available\n"
        "ledger.redeem('m-1', 5)\n"
        "ledger.purchase('m-1', amount=1.5, key='k')\n"
    )
    checked = run("mypy", "--strict", str(program))
    assert [line for line in checked.stdout.splitlines() if "till.py:5: error" in line and "key" in line]
    assert [line for line in checked.stdout.splitlines() if "till.py:6: error" in line and "amount" in line]
    assert "Found 2 errors" in checked.stdout
