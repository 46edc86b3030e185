"""What can go wrong between a client and a server: a wire that loses answers, a server that says what it is told."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import grpc

SECONDS = 30


class Wire:
    """A TCP connection's worth of bytes passed on to a server; answers are kept back while it is deaf."""

    def __init__(self, server: str) -> None:
        host, port = server.rsplit(":", 1)
        self._server = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_deaf = threading.Event()
        self.kept_back = threading.Event()
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends every connection; new ones may be made."""
        with self._lock:
            ended, self._open = self._open, []
        for end in ended:
            _shut(end)

    def close(self) -> None:
        _shut(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            with self._lock:
                self._open += [client, server]
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self.is_deaf.is_set():
                    self.kept_back.set()
                else:
                    sink.sendall(data)
        _shut(source)
        _shut(sink)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def wire(server: str) -> Iterator[Wire]:
    made = Wire(server)
    try:
        yield made
    finally:
        made.close()


Answer = Callable[[str, bytes, grpc.ServicerContext], bytes]


@contextmanager
def told_server(answer: Answer) -> Iterator[str]:
    """A server that answers every call, named by its RPC, with the bytes of a function; its address."""

    class Everything(grpc.GenericRpcHandler):
        def service(self, details: Any) -> Any:
            rpc = details.method.rpartition("/")[2]

            def call(request: bytes, context: grpc.ServicerContext) -> bytes:
                return b"" if rpc == "Check" else answer(rpc, request, context)

            return grpc.unary_unary_rpc_method_handler(call)

    server = grpc.server(ThreadPoolExecutor(8), handlers=[Everything()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait(SECONDS)
