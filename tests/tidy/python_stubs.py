"""Messages and clients in Python, written from the protos by the pinned grpcio-tools to python/loyalty_ledger/_pb."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import protos

FOLDER = protos.ROOT / "python" / "loyalty_ledger" / "_pb"
PACKAGE = '"""Messages and clients of the service, written by tests/tidy/python_stubs.py from proto/; do not edit."""\n'
IMPORT = re.compile(r"^from loyalty\.ledger\.v1 import ", re.MULTILINE)


def stubs() -> dict[str, str]:
    """The text of each file by its name."""
    with tempfile.TemporaryDirectory() as folder:
        protos.compile_to(f"--python_out={folder}", f"--pyi_out={folder}", f"--grpc_python_out={folder}")
        written = sorted((Path(folder) / protos.FOLDER).iterdir())
        texts = {path.name: IMPORT.sub("from loyalty_ledger._pb import ", path.read_text("utf-8")) for path in written}
    # A client is made of services alone: other files have nothing to say there.
    told = {name: text for name, text in texts.items() if not name.endswith("_grpc.py") or "Stub(object)" in text}
    return {"__init__.py": PACKAGE, **told}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for stale in FOLDER.glob("*.py*"):
        stale.unlink()
    for name, text in stubs().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"wrote {FOLDER.relative_to(protos.ROOT)}: {len(stubs())} files")
