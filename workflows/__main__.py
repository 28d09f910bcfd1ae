"""`python -m workflows`: run a worker until it is asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

import uvloop

from activities.acces import inviting
from activities.exports import exporting
from activities.notifier import notifying
from activities.plateforme import delivering
from activities.retours import collecting
from store.garbage import settled
from workflows.client import Demarches, connect, make_keyring
from workflows.relais import Relay
from workflows.veille import watching
from workflows.worker import make_worker


async def main() -> None:
    keyring = make_keyring()
    client = await connect(keyring)
    worker = make_worker(client, keyring)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    demarches = Demarches(client)
    beside = (
        notifying(keyring),
        inviting(keyring),
        exporting(keyring),
        delivering(keyring),
        collecting(keyring),
        watching(demarches),
    )
    async with worker, AsyncExitStack() as stack:
        stack.enter_context(settled())
        for work in beside:
            await stack.enter_async_context(work)
        sys.stdout.write("worker ready\n")
        sys.stdout.flush()
        relaying = asyncio.create_task(Relay(demarches, keyring).run())
        await stop.wait()
        relaying.cancel()


if __name__ == "__main__":
    uvloop.run(main())
    sys.stdout.flush()
    # The SDK's threads sometimes abort the interpreter at exit (sdk-python#300), after all is done.
    os._exit(0)
