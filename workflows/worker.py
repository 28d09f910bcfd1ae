"""The worker process: runs the shell and its activities on the task queue of the settings."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from store.crypto import Keyring
from store.settings import settings
from workflows.activities import DemarcheActivities
from workflows.demarche import DemarcheWorkflow
from workflows.inline import Inline


def make_worker(client: Client, keyring: Keyring) -> Worker:
    """A worker of démarches. A worker killed is replaced within seconds: sticky tasks are given up after two."""
    acts = DemarcheActivities(keyring)
    return Worker(
        client,
        task_queue=settings().task_queue,
        workflows=[DemarcheWorkflow],
        activities=[acts.decide, acts.load, acts.carry_out],
        # The sandbox costs a third of a command. Tests and replays of stored histories run in it: they find there
        # what would not be deterministic.
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_task_executor=Inline(),
        # Each effect holds a connection for as long as it lasts; commands must find one too.
        max_concurrent_activities=4,
        max_concurrent_local_activities=8,
        # Replays share one interpreter: more at once would each take longer than a task may.
        max_concurrent_workflow_tasks=8,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )
