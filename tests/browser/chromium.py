"""Where the browser for the tests is; `python tests/browser/chromium.py` installs one when there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = (
    "chromium-headless-shell",  # the same engine without the windows around it: half the work for the processor
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    # A sixth less work for the processor: no process of its own for drawing, and none of the guesses that make scrolling smooth.
    "--in-process-gpu",
    "--num-raster-threads=1",
    "--disable-partial-raster",
    "--disable-checker-imaging",
    "--disable-features=PaintHolding,IsolateOrigins,site-per-process,BackForwardCache",
]


def find() -> str | None:
    """The first browser that runs: the one that CXBOARD_TEST_CHROMIUM names, or the system's."""
    for program in (os.environ.get("CXBOARD_TEST_CHROMIUM"), *PROGRAMS):
        path = program and shutil.which(program)
        if path and runs(path):
            return path
    return None


def runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_playwright_s_own() -> str | None:
    """The browser that Playwright installed for itself, and starts when it is told of no other."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if runs(path) else None


def install() -> None:
    """With Debian's own packages where we may, otherwise the one that Playwright offers."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may = not root or (shutil.which("sudo") and subprocess.run([*root, "true"], capture_output=True).returncode == 0)
    release = Path("/etc/os-release")
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    if may and debian:
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        subprocess.run([*root, *quiet, "update"])
        for package in ("chromium-headless-shell", "chromium"):
            if subprocess.run([*root, *quiet, "install", "--yes", "--no-install-recommends", package]).returncode == 0:
                return
    with_libraries = ["--with-deps"] if may and sys.platform == "linux" else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"])


if __name__ == "__main__":
    found = find() or find_playwright_s_own()
    if not found:
        print("No Chromium found; installing one for the browser tests.", flush=True)
        install()
        found = find() or find_playwright_s_own()
    if not found:
        sys.exit("No Chromium could be installed. Install it, or name one: make test CXBOARD_TEST_CHROMIUM=/its/path")
    print(f"Browser for the tests: {found}")
