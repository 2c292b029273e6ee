#!/bin/sh
# Make sure that the browser the tests drive is there, and what drives it can run: Debian's Chromium and one
# library, installed with apt where they are missing. Run from the repository's root, after `make setup`.
set -eu

if command -v chromium >/dev/null 2>&1 && .venv/bin/playwright --version >/dev/null 2>&1; then
  exit 0
fi

give_up() {
  echo "The browser tests need Chromium, and $1." >&2
  echo "Install the packages chromium and libatomic1 (apt-get install chromium libatomic1), then run make test again." >&2
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

echo "Installing Chromium for the browser tests (once; about 100 MB to download) ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || give_up "apt-get update failed"
# libatomic1: the driver that comes with Playwright needs it, and a bare system lacks it.
# Fonts: without one, Chromium draws every letter as a box and the measured widths are wrong.
$as_root apt-get install -y -qq --no-install-recommends chromium libatomic1 fonts-dejavu-core \
  >/dev/null 2>&1 || give_up "apt-get install failed; run it by hand to see why"
