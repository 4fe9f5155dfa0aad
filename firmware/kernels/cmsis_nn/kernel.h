// What the CMSIS-NN registrations share: the reference kernel behind each, and scratch memory.
//
// The build compiles TFLM's own fully_connected.cc, conv.cc, depthwise_conv.cc and pooling.cc with
// -DRegister_X=Register_X_REFERENCE, so that Register_X() can be ours and both are linked.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "arm_nnfunctions.h"
#include "tensorflow/lite/c/builtin_op_data.h"
#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/kernels/kernel_util.h"

namespace cmsis_nn {

// Begins every kernel's data. Types other than int8 are left to the reference kernel.
struct Kernel {
  bool int8;
  void* reference_data;
};

template <typename Data>
void* init(TfLiteContext* context, const char*, size_t) {
  void* data = nullptr;
  return context->AllocatePersistentBuffer(context, sizeof(Data), &data) == kTfLiteOk ? data : nullptr;
}

TfLiteStatus prepare_reference(const TfLiteRegistration& reference, TfLiteContext* context, TfLiteNode* node);
TfLiteStatus invoke_reference(const TfLiteRegistration& reference, TfLiteContext* context, TfLiteNode* node);

// Grows the scratch buffer that all kernels share to at least `bytes`. It lies outside the arena, on the heap:
// this TFLM cannot plan arena scratch when another kernel's Prepare allocates persistent memory in between.
TfLiteStatus reserve_scratch(TfLiteContext* context, int32_t bytes);
cmsis_nn_context scratch();

TfLiteStatus to_tflite(TfLiteContext* context, arm_cmsis_nn_status status);

inline bool is_int8(const TfLiteTensor* tensor) { return tensor->type == kTfLiteInt8; }

// NHWC, the order of TFLite's tensors and of CMSIS-NN's activations.
inline cmsis_nn_dims nhwc(const TfLiteTensor* tensor) {
  const int* d = tensor->dims->data;
  return {d[0], d[1], d[2], d[3]};
}

}  // namespace cmsis_nn
