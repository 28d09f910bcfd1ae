"""One worker plays the browser's tests from the first minute, and none goes from a browser to something else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from xdist.remote import Producer

from tests.distribution import BrowserApart, of_browser

OTHERS = [f"tests/engine/test_{n}.py" for n in range(9)]
BROWSER = [f"tests/e2e/test_{n}.py" for n in range(4)]


class Worker:
    """What the scheduler asks of a worker of xdist: it plays all that it is sent, in order."""

    def __init__(self, rank: int) -> None:
        self.gateway = SimpleNamespace(id=f"gw{rank}")
        self.shutting_down = False
        self.sent: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def played(files: list[str], count: int) -> list[list[str]]:
    """Files that each of so many workers plays, in its order, each playing one test in turn."""
    options = SimpleNamespace(loadscopereorder=False)
    config = SimpleNamespace(option=options, getvalue=lambda _: ["popen"] * count)
    scheduler = BrowserApart(config, Producer("essai"))
    tests = [f"{file}::test_{n}" for file in files for n in range(3)]
    workers = [Worker(rank) for rank in range(count)]
    for worker in workers:
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, tests)
    scheduler.schedule()
    done = [0] * count
    while any(done[rank] < len(worker.sent) for rank, worker in enumerate(workers)):
        for rank, worker in enumerate(workers):
            if done[rank] < len(worker.sent):
                scheduler.mark_test_complete(worker, worker.sent[done[rank]])
                done[rank] += 1
    assert sum(done) == len(tests)
    assert all(worker.shutting_down for worker in workers)
    return [[tests[index].partition("::")[0] for index in worker.sent] for worker in workers]


def test_the_last_worker_plays_the_browser_alone() -> None:
    *others, last = played(OTHERS + BROWSER, 3)
    assert last[0] == BROWSER[0]
    assert all(map(of_browser, last))
    for files in others:
        assert sorted(files, key=of_browser) == files


@pytest.mark.parametrize(("files", "count"), [(OTHERS, 3), (BROWSER, 2), (OTHERS + BROWSER, 1)])
def test_all_take_part_when_there_is_nothing_to_keep_apart(files: list[str], count: int) -> None:
    assert all(played(files, count))
