"""`elaska`: the commands. Each lives in its own module, imported only when it is called."""

from __future__ import annotations

import os
import sys

from typer.exceptions import TyperException

from cli.app import app
from cli.errors import Refusal
from cli.french import explain


def main() -> int:
    """Run the command line; returns the exit code."""
    try:
        return int(app(prog_name="elaska", standalone_mode=False) or 0)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            return 0
        print(f"\n✗ {explain(error)}\n", file=sys.stderr)
        return 2
    except Refusal as refusal:
        sys.stdout.flush()
        print(f"\n✗ {refusal}\n", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone.
        os._exit(0)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's native library sometimes aborts while Python tears down; the work is done by now.
    os._exit(code)
