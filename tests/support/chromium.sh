#!/bin/sh
# Make sure that the browser the tests drive is there: Debian's Chromium, installed with apt where it is missing.
set -eu

if command -v chromium >/dev/null 2>&1; then
  exit 0
fi

give_up() {
  echo "The browser tests need Chromium, and $1." >&2
  echo "Install the package 'chromium' (Debian, Ubuntu: apt-get install chromium), then run make test again." >&2
  exit 1
}

command -v apt-get >/dev/null 2>&1 || give_up "this system has no apt-get to install it with"

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || give_up "installing it takes root, which this account is not, and there is no sudo"
  as_root="sudo"
  # Without a terminal sudo must not wait for a password that nobody can type.
  [ -t 0 ] || as_root="sudo -n"
fi

echo "Installing Chromium for the browser tests (once; about 100 MB) ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || give_up "apt-get update failed"
# Fonts: without one, Chromium draws every letter as a box and the measured widths are wrong.
$as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || give_up "apt-get install failed"
