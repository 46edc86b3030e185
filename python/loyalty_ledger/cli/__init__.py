"""The command `loyalty-ledger`: one file per command, each a thin layer over the package."""

from loyalty_ledger.cli.application import main

__all__ = ["main"]
