"""Writes a .ppk2 to standard output with the standard library, as Nordic's program lays it out: at 1000 samples a second,
0.5 uA steps, the sixth sample lost, D1 low, then high, then both."""

import io
import json
import struct
import sys
import zipfile

frames = b"".join(
    struct.pack("<f", float("nan") if at == 5 else 100 + at / 2)
    + struct.pack(">H", [0b0100, 0b1000, 0b1100][min(at, 20) // 10])
    for at in range(30)
)
target = io.BytesIO()
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("metadata.json", json.dumps({"metadata": {"samplesPerSecond": 1000}, "formatVersion": 2}))
    archive.writestr("minimap.raw", "{}")
    archive.writestr("session.raw", frames)
sys.stdout.buffer.write(target.getvalue())
