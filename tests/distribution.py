"""In what order the tests are played, and by which worker of xdist.

The longest come first: a worker that began them last would leave the others idle for minutes. One worker plays the
browser's files from the first minute and nothing else, since it mostly waits for pages; those that are left are shared
by all when the other tests are over. No worker goes from a browser to a Temporal workflow: Playwright's library keeps
stacks of its own in the process, and a worker that did so once died of a segmentation fault.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

HERE = Path(__file__).parent
LONGEST = ("faults", "runtime", "workflow", "api", "store", "cli", "replay")
BROWSER = "e2e"


def order(items: list[pytest.Item]) -> None:
    """Sort in place: longest folders, the others, the browser's."""
    ranks = {HERE / name: rank for rank, name in enumerate(LONGEST)} | {HERE / BROWSER: len(LONGEST) + 1}
    items.sort(key=lambda item: ranks.get(item.path.parent, len(LONGEST)))


class BrowserApart(LoadFileScheduling):  # type: ignore[misc]  # xdist gives no types
    """xdist's distribution file by file, whose last worker plays the browser's files alone.

    In a run without any, or on one worker, it is xdist's own.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        if self.numnodes > 1 and node.gateway.id == f"gw{self.numnodes - 1}":
            file = next(filter(of_browser, self.workqueue), None)
            if file is not None:
                self.workqueue.move_to_end(file, last=False)
            elif any(map(of_browser, self.assigned_work[node])):
                node.shutdown()
                return
        super()._assign_work_unit(node)


def of_browser(file: str) -> bool:
    return file.startswith(f"{HERE.name}/{BROWSER}/")
