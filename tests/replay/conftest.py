"""The fixtures of the shell's tests."""

from tests.workflow.conftest import bureau
from tests.workflow.postbox import postbox

__all__ = ["bureau", "postbox"]
