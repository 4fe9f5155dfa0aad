// An int8 fully connected layer as TFLM's reference kernel computes it, without tables or calls, so that the code
// runs wherever it is put. Armv6-M: what rp2040js, a Cortex-M0+, can execute.
#include <stdint.h>

enum { kInputs = 128, kOutputs = 64 };

void dense(const int8_t* weights, const int8_t* input, int8_t* output, uint32_t times) {
  for (; times > 0; times--) {
    const int8_t* row = weights;
    for (uint32_t out = 0; out < kOutputs; out++) {
      int32_t sum = 0;
      for (uint32_t in = 0; in < kInputs; in++) sum += (row[in] + 3) * (input[in] - 5);
      sum = (sum * 77 + (1 << 15)) >> 16;
      if (sum < -128) sum = -128;
      if (sum > 127) sum = 127;
      output[out] = sum;
      row += kInputs;
    }
  }
}
