#!/bin/sh
# venv.sh PYTHON DIR: makes a virtual environment, also where Debian's python3 comes without its venv part.
set -u
python=$1 dir=$2

"$python" -m venv "$dir" && exit 0

# no ensurepip: virtualenv brings a pip of its own
rm -rf "$dir"
parts=$(mktemp -d)
if "$python" -m pip install --target "$parts" virtualenv; then
  PYTHONPATH=$parts "$python" -m virtualenv "$dir" && made=yes
fi
rm -rf "$parts"
[ "${made:-}" = yes ] && exit 0

rm -rf "$dir"
if [ "$(id -u)" = 0 ] && command -v apt-get; then
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv &&
    "$python" -m venv "$dir" && exit 0
fi

rm -rf "$dir"
echo "A virtual environment could not be made. On Debian: apt install python3-venv" >&2
exit 1
