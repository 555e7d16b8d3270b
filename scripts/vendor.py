"""The files we carry that others made: fonts, icons and three scripts, each with its version, licence and checksum.

    python scripts/vendor.py fetch     asks npm for the pinned versions, copies the files, builds the icon sprite
    python scripts/vendor.py check     offline: names every file that changed, is missing or does not belong

Only `fetch` needs npm; the app and its tests never do. A new icon: add its name to static/icons/icons.txt and fetch.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = Path("static/vendor/manifest.json")
SPRITE = Path("static/icons/icons.svg")
ICONS = Path("static/icons/icons.txt")
OURS = {MANIFEST, ICONS, Path("static/icons/favicon.svg")}
WATCHED = ("static/vendor", "static/fonts", "static/icons", "tests/browser/vendor")

LUCIDE = "lucide-static@1.62.0"
FIGTREE = "@fontsource-variable/figtree@5.3.0"
SOURCE_SERIF = "@fontsource-variable/source-serif-4@5.3.1"
PACKAGES: dict[str, dict[str, str]] = {
    "htmx.org@4.0.1": {
        "dist/htmx.min.js": "static/vendor/htmx.min.js",
        "dist/ext/hx-sse.min.js": "static/vendor/hx-sse.min.js",
        "LICENSE": "static/vendor/htmx.LICENSE.txt",
    },
    "sortablejs@1.15.7": {
        "Sortable.min.js": "static/vendor/Sortable.min.js",
        "LICENSE": "static/vendor/Sortable.LICENSE.txt",
    },
    "axe-core@4.14.1": {
        "axe.min.js": "tests/browser/vendor/axe.min.js",
        "LICENSE": "tests/browser/vendor/axe.LICENSE.txt",
        "LICENSE-3RD-PARTY.txt": "tests/browser/vendor/axe.LICENSE-3RD-PARTY.txt",
    },
    FIGTREE: {
        "files/figtree-latin-wght-normal.woff2": "static/fonts/figtree-latin-wght-normal.woff2",
        "files/figtree-latin-ext-wght-normal.woff2": "static/fonts/figtree-latin-ext-wght-normal.woff2",
        "LICENSE": "static/fonts/figtree.LICENSE.txt",
    },
    SOURCE_SERIF: {
        "files/source-serif-4-latin-wght-normal.woff2": "static/fonts/source-serif-4-latin-wght-normal.woff2",
        "files/source-serif-4-latin-ext-wght-normal.woff2": "static/fonts/source-serif-4-latin-ext-wght-normal.woff2",
        "LICENSE": "static/fonts/source-serif-4.LICENSE.txt",
    },
    LUCIDE: {"LICENSE": "static/icons/lucide.LICENSE.txt"},
}


def fetch() -> list[str]:
    """Copy every pinned file from npm and write the manifest. Complains when a pinned version brings other bytes."""
    before = {entry["path"]: entry for entry in _manifest()}
    entries = []
    for source, files in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            package = _unpack(source, Path(folder))
            licence = json.loads((package / "package.json").read_text())["license"]
            licence = {"BSD-0-Clause": "0BSD"}.get(licence, licence)  # the name SPDX gives it
            for origin, target in files.items():
                (ROOT / target).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / target).write_bytes((package / origin).read_bytes())
                entries.append(_entry(Path(target), source, licence))
            if source == LUCIDE:
                (ROOT / SPRITE).write_text(_sprite(package / "icons"))
                entries.append(_entry(SPRITE, source, licence))
    (ROOT / MANIFEST).write_text(json.dumps(sorted(entries, key=lambda e: e["path"]), indent=2) + "\n")
    return [
        f"{entry['path']}: {entry['source']} brought other bytes than last time"
        for entry in entries
        if entry["path"] != str(SPRITE)
        and (known := before.get(entry["path"]))
        and known["source"] == entry["source"]
        and known["sha256"] != entry["sha256"]
    ]


def check() -> list[str]:
    """What is wrong with the files we carry, one sentence each; an empty list when all is well."""
    entries = {Path(entry["path"]): entry for entry in _manifest()}
    present = {path.relative_to(ROOT) for folder in WATCHED for path in (ROOT / folder).rglob("*") if path.is_file()}
    wanted = {Path(target) for files in PACKAGES.values() for target in files.values()} | {SPRITE}
    problems = [f"{path}: stands in scripts/vendor.py but was never fetched" for path in sorted(wanted - set(entries))]
    problems += [f"{path}: missing" for path in sorted(set(entries) - present)]
    problems += [f"{path}: does not belong here" for path in sorted(present - set(entries) - OURS)]
    problems += [
        f"{path}: changed since it was fetched"
        for path in sorted(set(entries) & present)
        if hashlib.sha256((ROOT / path).read_bytes()).hexdigest() != entries[path]["sha256"]
    ]
    if SPRITE in present and re.findall(r'id="i-([^"]+)"', (ROOT / SPRITE).read_text()) != _icons():
        problems.append(f"{SPRITE}: built from another list than {ICONS}")
    return problems


def _icons() -> list[str]:
    return (ROOT / ICONS).read_text().split()


def _manifest() -> list[dict]:
    return json.loads((ROOT / MANIFEST).read_text()) if (ROOT / MANIFEST).exists() else []


def _unpack(source: str, folder: Path) -> Path:
    subprocess.run(
        ["npm", "pack", source, "--silent", "--pack-destination", str(folder)], check=True, stdout=subprocess.DEVNULL
    )
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def _entry(path: Path, source: str, licence: str) -> dict:
    content = (ROOT / path).read_bytes()
    return {
        "path": str(path),
        "source": source,
        "version": source.rpartition("@")[2],
        "licence": licence,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "sha384": "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode(),
    }


def _sprite(folder: Path) -> str:
    """One file with a symbol per icon; colour, width and ends of the strokes come from the class `icon`."""
    symbols = []
    for name in _icons():
        (shapes,) = re.findall(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text(), re.DOTALL)
        shapes = re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>")
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    commands = {"fetch": fetch, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    found = commands[sys.argv[1]]()
    sys.exit("\n".join(found) or None)
