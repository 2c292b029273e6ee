#!/bin/sh
# Make sure that the PostgreSQL the tests pull from is there: Debian's, installed with apt where it is missing.
# The tests start a server of their own in a folder of their own; this only brings the programs.
set -eu

for found in /usr/lib/postgresql/*/bin/initdb; do
  [ -x "$found" ] && exit 0
done

give_up() {
  echo "The tests of pulls need PostgreSQL's programs, and $1." >&2
  echo "Install the package postgresql-15 (apt-get install postgresql-15), then run make test again." >&2
  exit 1
}

command -v apt-get >/dev/null 2>&1 || give_up "this system has no apt-get to install them with"

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || give_up "installing them takes root, which this account is not, and there is no sudo"
  as_root="sudo"
  # Without a terminal sudo must not wait for a password that nobody can type.
  [ -t 0 ] || as_root="sudo -n"
fi

echo "Installing PostgreSQL for the tests of pulls (once; about 20 MB to download) ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || give_up "apt-get update failed"
# The server the package would start for everybody is neither needed nor wanted.
$as_root mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || \
  echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
$as_root apt-get install -y -qq --no-install-recommends postgresql-15 \
  >/dev/null 2>&1 || give_up "apt-get install failed; run it by hand to see why"
