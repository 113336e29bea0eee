"""HTTP/1.1 as uvicorn speaks it, with an end to what is no body: it keeps all that of a request."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 32_768
"""Of a request's line and headers, or of what follows its body: as much as proxies pass on."""

_WHY = f"The request's line and headers have more than {MOST_HEAD_BYTES:,} bytes."
_REFUSAL = (
    "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    "content-type: text/plain; charset=utf-8\r\n"
    f"content-length: {len(_WHY)}\r\n"
    f"connection: close\r\n\r\n{_WHY}"
).encode()


class BoundedHeads(HttpToolsProtocol):
    """Answers 431, and closes the connection, where a request's head does not end in time."""

    _head_bytes = 0
    """How many came since the last that belonged to a body, or ended a head."""

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing():
            room = MOST_HEAD_BYTES - self._head_bytes
            if not room:
                self.transport.write(_REFUSAL)
                self.transport.close()
                return
            # The parser tells of a header when it has all of it, and must not be given more.
            part, data = data[:room], data[room:]
            self._head_bytes += len(part)
            super().data_received(part)

    def on_headers_complete(self) -> None:
        self._head_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)
