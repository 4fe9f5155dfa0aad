"""Runs every model of a folder with the PyPI tflite-micro interpreter.

FOLDER holds for each model N.tflite, N.in (one input after the other) and N.tensors (tensor indices, one a line).
Written: N.out, for each input the bytes of those tensors; or N.error where the interpreter refuses the model.

usage: interpret_all.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
from tflite_micro.python.tflite_micro import runtime


def run(model: Path) -> bytes:
    config = runtime.InterpreterConfig.kPreserveAllTensors
    interpreter = runtime.Interpreter.from_file(str(model), arena_size=1 << 20, intrepreter_config=config)
    details = interpreter.get_input_details(0)
    shape, dtype = details["shape"], np.dtype(details["dtype"])
    data = model.with_suffix(".in").read_bytes()
    size = int(np.prod(shape)) * dtype.itemsize
    tensors = [int(line) for line in model.with_suffix(".tensors").read_text().split()]
    result = bytearray()
    for start in range(0, len(data), size):
        interpreter.set_input(np.frombuffer(data[start : start + size], dtype).reshape(shape), 0)
        interpreter.invoke()
        for tensor in tensors:
            result += np.ascontiguousarray(interpreter.GetTensor(tensor, 0)["tensor_data"]).tobytes()
    return bytes(result)


for path in sorted(Path(sys.argv[1]).glob("*.tflite")):
    try:
        path.with_suffix(".out").write_bytes(run(path))
    except Exception as error:  # whatever the interpreter raises is the result
        path.with_suffix(".error").write_text(str(error))
