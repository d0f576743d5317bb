"""What stands in a file that a reader may unpack: XLSX, PPTX, PDF."""

import io
import re
import zipfile
import zlib


def texts(file):
    """All text of a file: of a zip's members and of a PDF's streams too, and its own name."""
    raw = file.read_bytes()
    yield file.name
    yield raw.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for name in packed.namelist():
                yield name
                yield packed.read(name).decode("utf-8", "replace")
    if raw.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
            try:
                yield zlib.decompress(stream).decode("latin-1")
            except zlib.error:
                continue
