#!/bin/sh
# Makes .venv and installs one lock into it: install.sh run|dev. Does nothing when that is already the case.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
python=${PYTHON:-python3}
stop() { echo "install: $*" >&2; exit 1; }

# A virtual environment that was made for development is never cut back to the smaller set.
[ "$wanted" = run ] && [ -e .venv/installed-dev ] && wanted=dev
stamp=.venv/installed-$wanted
# Content, not time stamps: a fresh checkout or a restored cache has new times for old files.
state=$(cat requirements/uv.txt "requirements/$wanted.txt" requirements/install.sh | cksum)
[ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && exit 0

command -v "$python" >/dev/null 2>&1 || stop "$python is not there; install Python 3.11 or newer"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or newer is needed, $python is $("$python" -c 'import platform; print(platform.python_version())')"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "$python lacks its venv module; on Debian and Ubuntu: apt-get install python3-venv"
[ -w . ] || stop "the folder $PWD is not writable"

[ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
rm -f .venv/installed-*
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --no-deps --require-hashes"
echo "install: the $wanted packages into .venv"
$pip -r requirements/uv.txt || stop "the packages could not be fetched; is there a way to a Python package index?"
# uv is ten times faster, but it does not read pip.conf: where only pip knows the way to an index, pip does the work.
UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes \
    "requirements/$wanted.txt" 2>.venv/uv.log ||
    $pip -r "requirements/$wanted.txt" ||
    { cat .venv/uv.log >&2; stop "the packages could not be installed, see above"; }
echo "$state" > "$stamp"
