"""A workflow that keeps what it hears: apart from the tests, because the sandbox imports its module again."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

SECRET = "NIR-1850578006084-PLANTED"


@activity.defn
async def shout(text: str) -> str:
    return text.upper()


@workflow.defn
class Echo:
    @workflow.init
    def __init__(self, start: dict[str, str]) -> None:
        self.said = [start["secret"]]
        self.done = False

    @workflow.run
    async def run(self, start: dict[str, str]) -> list[str]:
        await workflow.wait_condition(lambda: self.done)
        return self.said

    @workflow.update
    async def say(self, text: str) -> str:
        if text == "refuse":
            raise ApplicationError(f"refused {SECRET}", {"detail": SECRET}, type="refus")
        loud = await workflow.execute_local_activity(shout, text, start_to_close_timeout=timedelta(seconds=5))
        self.said.append(loud)
        return loud

    @workflow.query
    def heard(self) -> list[str]:
        return self.said

    @workflow.signal
    def stop(self) -> None:
        self.done = True
