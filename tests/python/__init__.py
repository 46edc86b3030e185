"""Tests of the Python package: verbs, results, exceptions, tables in and out, bad input, processes."""
