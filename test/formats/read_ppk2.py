"""A .ppk2 on standard input, read with the standard library by the layout that Nordic's program saves, as JSON."""

import io
import json
import struct
import sys
import zipfile

archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
raw = archive.read("session.raw")
assert len(raw) % 6 == 0
frames = [raw[at : at + 6] for at in range(0, len(raw), 6)]
json.dump(
    {
        "members": archive.namelist(),
        "dates": [info.date_time for info in archive.infolist()],
        "microamps": [struct.unpack("<f", frame[:4])[0] for frame in frames],
        "bits": [struct.unpack(">H", frame[4:])[0] for frame in frames],
        "metadata": json.loads(archive.read("metadata.json")),
        "minimap": json.loads(archive.read("minimap.raw")),
    },
    sys.stdout,
)
