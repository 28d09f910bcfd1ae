"""`python -m demo.courriels`: takes in every mail by SMTP, sends none on, and shows them on a page."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.boite import Mailbox
from demo.courriels_web import create_app

HOST = "127.0.0.1"
SIZE_LIMIT_BYTES = 40_000_000


class Catcher:
    """What the SMTP server does with a mail: keeps it. An answer other than 250 makes the sender try again."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        await asyncio.to_thread(self.mailbox.add, content, list(envelope.rcpt_tos))
        return "250 OK"


async def serve(folder: Path, smtp_port: int, port: int) -> None:
    """Listen for mails and for readers until the process is asked to end."""
    mailbox = Mailbox(folder)
    make_session = partial(
        SMTP, Catcher(mailbox), data_size_limit=SIZE_LIMIT_BYTES, enable_SMTPUTF8=True, hostname="localhost"
    )
    listener = await asyncio.get_running_loop().create_server(make_session, HOST, smtp_port)
    config = uvicorn.Config(create_app(mailbox), host=HOST, port=port, log_level="warning", access_log=False)
    async with listener:
        await uvicorn.Server(config).serve()


def main() -> None:
    parser = argparse.ArgumentParser(description="Attrape-courriels de démonstration.")
    parser.add_argument("--smtp", type=int, default=8026, help="port SMTP")
    parser.add_argument("--port", type=int, default=8025, help="port de la page")
    parser.add_argument("--dossier", type=Path, required=True, help="où garder les courriels")
    options = parser.parse_args()
    asyncio.run(serve(options.dossier, options.smtp, options.port))


if __name__ == "__main__":
    main()
