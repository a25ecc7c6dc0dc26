#!/bin/sh
# Writes the three locks from pyproject.toml: exact versions, hashes, no index address. Called by `make lock`.
# A version already in a lock stays; `make lock UPGRADE=--upgrade` takes the newest of everything.
set -eu
compile() { .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11 "$@"; }
cd "$(dirname "$0")/.."
compile ${UPGRADE:-} pyproject.toml -o requirements/run.txt
compile ${UPGRADE:-} pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
compile ${UPGRADE:-} --group lock -o requirements/uv.txt
