"""Pictures as they are kept: decoded, turned upright and encoded again, so that nothing but what one sees is left of them.

No place, camera or name of whoever made it stays behind, nor anything hidden after the end of the picture. A picture that
moves becomes its first frame. Pillow is loaded when the first picture comes.
"""

from __future__ import annotations

import contextlib
import io
import threading
from dataclasses import dataclass
from typing import Any

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096
LONGEST_SIDE_SMALL = 480
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}
_few = threading.BoundedSemaphore(2)  # a big picture takes 200 MB while it is worked on


class Unreadable(Exception):
    """This is no picture that can be shown."""


@dataclass(frozen=True)
class Picture:
    """A clean picture with its small version (WebP)."""

    kind: str
    data: bytes
    width: int
    height: int
    small: bytes


def clean(data: bytes, kind: str) -> Picture:
    """The picture anew. Raises Unreadable for what is broken, or is more than 50 million pixels."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # looked at here, before anything is decoded
    with _few:
        try:
            with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
                if not 0 < picture.width * picture.height <= MOST_PIXELS:
                    raise Unreadable
                return _anew(picture, "png" if kind == "gif" else kind)
        except Unreadable:
            raise
        except Exception as error:  # a decoder that stumbles over what somebody made up: whatever it says, it is no picture
            raise Unreadable from error


def _anew(picture: Any, kind: str) -> Picture:
    if kind == "jpg":
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if picture.mode in ("RGB", "RGBA", "L", "CMYK") and "transparency" not in picture.info:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first of all: what comes after takes a third of the time and memory
    seen = _in_plain_colours(_upright(picture), kind)
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out, small = io.BytesIO(), io.BytesIO()
    seen.save(out, format=FORMATS[kind], quality=90)
    width, height = seen.size
    seen.thumbnail((LONGEST_SIDE_SMALL, LONGEST_SIDE_SMALL))
    seen.save(small, format="WEBP", quality=80)
    return Picture(kind, out.getvalue(), width, height, small.getvalue())


def _upright(picture: Any) -> Any:
    """As whoever took it held the camera; what is said about that can be nonsense, and then it stays as it is."""
    from PIL import ImageOps

    try:
        picture.getexif()
    except Exception:
        return picture
    return ImageOps.exif_transpose(picture)


def _in_plain_colours(picture: Any, kind: str) -> Any:
    """Pixels alone, in the colours that every screen means (sRGB): a new picture that knows nothing of the old one."""
    from PIL import Image, ImageCms

    profile = picture.info.get("icc_profile")
    clear = kind != "jpg" and (picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info)
    if profile and picture.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError):
            picture = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB")
    picture = picture.convert("RGBA" if clear else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare
