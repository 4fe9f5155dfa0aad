"""Runs a .tflite model with the PyPI tflite-micro interpreter.

Input (stdin): the bytes of one input after the other. Output (stdout): for each input the bytes of the
tensors asked for, one after the other. The model has one input.

usage: interpret.py MODEL TENSOR...     TENSOR: an index, or "output"
"""

import sys

import numpy as np
from tflite_micro.python.tflite_micro import runtime


def main() -> None:
    path, *tensors = sys.argv[1:]
    config = runtime.InterpreterConfig.kPreserveAllTensors
    interpreter = runtime.Interpreter.from_file(path, intrepreter_config=config)
    details = interpreter.get_input_details(0)
    shape, dtype = details["shape"], np.dtype(details["dtype"])
    data = sys.stdin.buffer.read()
    size = int(np.prod(shape)) * dtype.itemsize
    if len(data) == 0 or len(data) % size != 0:
        sys.exit(f"{len(data)} bytes are not a whole number of inputs of {size} bytes")
    for start in range(0, len(data), size):
        values = np.frombuffer(data[start : start + size], dtype).reshape(shape)
        interpreter.set_input(values, 0)
        interpreter.invoke()
        for tensor in tensors:
            if tensor == "output":
                result = interpreter.get_output(0)
            else:
                result = interpreter.GetTensor(int(tensor), 0)["tensor_data"]
            sys.stdout.buffer.write(np.ascontiguousarray(result).tobytes())


main()
