"""What a file is, read from its content and never from its name or from what the browser says; and names that can do no harm."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass

MOST_ENTRIES = 5_000  # in an Office file
BIGGEST_DIRECTORY = 2_000_000  # bytes
MOST_UNPACKED = 500_000_000  # bytes that it says it unpacks to; nothing of it is unpacked here
LONGEST_NAME = 100

OPEN_DOCUMENT = {b"application/vnd.oasis.opendocument.text": "odt", b"application/vnd.oasis.opendocument.spreadsheet": "ods"}
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}


@dataclass(frozen=True)
class Kind:
    """One kind of file: what it is served as, its icon, and how names of it may end."""

    name: str
    mimetype: str
    icon: str
    endings: tuple[str, ...]
    is_picture: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    k.name: k
    for k in (
        Kind("png", "image/png", "image", (".png",), True),
        Kind("jpg", "image/jpeg", "image", (".jpg", ".jpeg"), True),
        Kind("gif", "image/gif", "image", (".gif",), True),
        Kind("webp", "image/webp", "image", (".webp",), True),
        Kind("pdf", "application/pdf", "file-text", (".pdf",)),
        Kind("docx", f"{_OFFICE}.wordprocessingml.document", "file-text", (".docx",)),
        Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "file-spreadsheet", (".xlsx",)),
        Kind("pptx", f"{_OFFICE}.presentationml.presentation", "file", (".pptx",)),
        Kind("odt", "application/vnd.oasis.opendocument.text", "file-text", (".odt",)),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", "file-spreadsheet", (".ods",)),
        Kind("csv", "text/csv", "file-spreadsheet", (".csv",)),
        Kind("txt", "text/plain", "file-text", (".txt",)),
    )
}
ACCEPT = ",".join(ending for kind in KINDS.values() for ending in kind.endings)


def kind_of(data: bytes, name: str = "") -> str | None:
    """The kind, or None for what cxboard does not take. Only between the two kinds of plain text does the name decide."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data and _is_text(data):
        return "csv" if name.lower().endswith(".csv") else "txt"
    return None


def _packed(data: bytes) -> str | None:
    """Which Office file this is, from its list of contents alone; nothing in it is unpacked. None for one with macros."""
    if data[30:38] == b"mimetype":
        length = struct.unpack("<I", data[18:22])[0]
        kind = OPEN_DOCUMENT.get(data[38 : 38 + min(length, 100)])
    else:
        kind = None
    names = _contents(data)
    if names is None or any(n.lower().endswith("vbaproject.bin") or n.startswith("Basic/") for n in names):
        return None
    if kind and "content.xml" in names:
        return kind
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in OFFICE.items() if part in names), None)
    return None


def _contents(data: bytes) -> set[str] | None:
    """The names in a zip file; None when its list is broken or too long, or when it unpacks to too much."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if end < 0 or len(data) < end + 22:
        return None
    entries, size = struct.unpack("<HI", data[end + 10 : end + 16])
    if entries > MOST_ENTRIES or size > BIGGEST_DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            listed = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, RuntimeError, UnicodeDecodeError):
        return None
    if len(listed) > MOST_ENTRIES or sum(i.file_size for i in listed) > MOST_UNPACKED or any(i.flag_bits & 1 for i in listed):
        return None
    return {i.filename for i in listed}


def _is_text(data: bytes) -> bool:
    """Whether people can read it: UTF-8, or what Windows writes; no bytes that stand in no text."""
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", data):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return False
    return True


RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
HARMFUL = re.compile(r"[\x00-\x1f\x7f\"*:<>?|\u200b-\u200f\u2028-\u202e\u2060-\u2069\u061c\ufeff\ud800-\udfff]")


def harmless(name: str, kind: str) -> str:
    """What people called it, without a folder or a character that does something, ending as its kind does."""
    name = unicodedata.normalize("NFC", HARMFUL.sub("", re.split(r"[/\\]", name[-1_000:])[-1]))
    name = " ".join(name.split()).strip(". ")
    ending = next((e for e in KINDS[kind].endings if name.lower().endswith(e)), "")
    stem = name[: len(name) - len(ending)].rstrip(". ")
    ending = ending or KINDS[kind].endings[0]
    if not stem or RESERVED.match(stem):
        stem = f"file {stem}".strip()
    return stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
