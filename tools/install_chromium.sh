#!/bin/sh
# Sourced by CI: find Chromium, or install Debian's as root, and export CHROMIUM and REQUIRE_BROWSER.
# Never fails by itself: without a browser, the tests that need one say so and are skipped.

find_chromium() {
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$candidate" ] && command -v "$candidate"; then return 0; fi
  done
  return 1
}

if ! find_chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Chromium is missing: installing it with apt-get"
  chromium_log=$(mktemp)
  # Another apt-get may hold the lock: wait for it instead of failing.
  if ! {
    apt-get -o DPkg::Lock::Timeout=300 update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -y -qq --no-install-recommends chromium
  } >"$chromium_log" 2>&1; then
    echo "apt-get could not install chromium:"
    tail -n 5 "$chromium_log"
  fi
  rm -f "$chromium_log"
fi

if CHROMIUM=$(find_chromium); then
  export CHROMIUM REQUIRE_BROWSER=1
  echo "Browser tests run with $CHROMIUM"
else
  unset CHROMIUM
  export REQUIRE_BROWSER=0
  echo "NO CHROMIUM: browser and accessibility tests are SKIPPED."
  echo "Install one (apt-get install chromium) or set CHROMIUM=/path/to/chrome."
fi
