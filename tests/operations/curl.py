"""Stands in for curl on a machine without it: the few options that the README uses."""

import sys
import urllib.error
import urllib.request
from itertools import pairwise

QUIET = {"-s", "-S", "-sS"}


def main(arguments: list[str]) -> None:
    headers = dict(given.split(": ", 1) for option, given in pairwise(arguments) if option == "-H")
    bodies = [given for option, given in pairwise(arguments) if option == "-d"]
    (address,) = [argument for argument in arguments if argument.startswith("http://")]
    if unknown := {argument for argument in arguments if argument.startswith("-")} - QUIET - {"-H", "-d"}:
        raise SystemExit(f"this curl does not know {', '.join(sorted(unknown))}")
    body = bodies[0].encode() if bodies else None
    request = urllib.request.Request(address, body, headers)  # noqa: S310 (http, see above)
    try:
        answer = urllib.request.urlopen(request, timeout=30)  # noqa: S310
    except urllib.error.HTTPError as refused:
        answer = refused
    sys.stdout.buffer.write(answer.read())


if __name__ == "__main__":
    main(sys.argv[1:])
