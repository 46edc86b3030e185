"""Lets the command run as `python -m loyalty_ledger.cli`."""

from loyalty_ledger.cli import main

main()
