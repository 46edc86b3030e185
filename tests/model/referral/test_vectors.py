"""What the engine is compared with is what the model says."""

from pathlib import Path

from model.referral.vectors import lines

WRITTEN = Path(__file__).parents[3] / "core" / "tests" / "golden" / "referral.tsv"


def test_the_written_vectors_are_the_models() -> None:
    assert WRITTEN.read_text(encoding="utf-8").splitlines() == list(lines())
