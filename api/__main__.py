"""`python -m api`: serve the API and the screens. `ELASKA_API_WORKERS` processes share one socket."""

import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from store.settings import settings


def listen(host: str, port: int) -> socket.socket:
    """Our own listening socket: without Nagle's delay, which small answers would wait for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.bind((host, port))
    sock.listen(1024)
    sock.set_inheritable(True)
    return sock


def main() -> None:
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        loop="uvloop",
        http="httptools",
        # A participant's link is in the address.
        access_log=False,
        server_header=False,
        workers=settings().api_workers,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=3,
        proxy_headers=False,
    )
    sock = listen(settings().api_host, settings().api_port)
    if config.workers > 1:
        Multiprocess(config, sockets=[sock]).run()
    else:
        uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
