"""`python -m store.rewrap`: wrap every data key under the present master key.

Changing the master key: put the new one in ELASKA_MASTER_KEY and the former one in ELASKA_MASTER_KEYS_OLD, restart
the processes, run this, then take the former one out. No data is encrypted again.
"""

import asyncio
import sys

from store.crypto import Keyring, MasterKeys
from store.session import dispose, session_scope
from store.settings import settings


async def rewrap() -> int:
    """How many keys changed."""
    async with session_scope() as session:
        changed = await Keyring(MasterKeys.from_settings(settings())).rewrap(session)
    await dispose()
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(rewrap())} clé(s) enveloppée(s) à nouveau.\n")
