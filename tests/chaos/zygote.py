"""Forks warmed processes on demand: a start costs 15 ms instead of a second, so that hundreds of kills fit in a minute.

Reads one JSON object a line: `{"role", "args", "out"}`; answers the number of the process. It never opens the database itself:
no connection is shared with a fork.
"""

import ctypes
import gc
import json
import os
import signal
import sys
import traceback

PR_SET_PDEATHSIG = 1


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    import django

    django.setup()
    from tests.chaos import roles

    roles.warm()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are reaped at once
    _say(0)
    lines = iter(sys.stdin)
    for line in lines:
        asked = json.loads(line)
        gate, key = os.pipe()
        number = os.fork()
        if number == 0:
            os.close(key)
            os.read(gate, 1)  # it begins once whoever asked holds its descriptor: it may end at once
            os.close(gate)
            _live(asked)
        os.close(gate)
        _say(number)
        next(lines)
        os.close(key)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _live(asked: dict) -> None:
    """The forked process: its role, then out, without the goodbyes of its parent."""
    code = 0
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        from tests.chaos import roles

        getattr(roles, asked["role"])(**asked["args"])
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
