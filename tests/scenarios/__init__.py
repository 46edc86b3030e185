"""Readable scripts with exact numbers, each played on the model and on the engine live, reopened and crashed."""
