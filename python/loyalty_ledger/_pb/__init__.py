"""Messages and clients of the service, written by tests/tidy/python_stubs.py from proto/; do not edit."""
