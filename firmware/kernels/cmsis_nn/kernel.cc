#include "kernels/cmsis_nn/kernel.h"

#include <unistd.h>

extern "C" void* _sbrk(ptrdiff_t increment);

namespace cmsis_nn {
namespace {

constexpr int32_t kAlignment = 16;
char* scratch_memory = nullptr;
int32_t scratch_bytes = 0;

}  // namespace

TfLiteStatus prepare_reference(const TfLiteRegistration& reference, TfLiteContext* context, TfLiteNode* node) {
  auto* kernel = static_cast<Kernel*>(node->user_data);
  kernel->int8 = false;
  node->user_data = nullptr;
  if (reference.init != nullptr) {
    node->user_data = reference.init(context, static_cast<const char*>(node->builtin_data), 0);
  }
  const TfLiteStatus status = reference.prepare == nullptr ? kTfLiteOk : reference.prepare(context, node);
  kernel->reference_data = node->user_data;
  node->user_data = kernel;
  return status;
}

TfLiteStatus invoke_reference(const TfLiteRegistration& reference, TfLiteContext* context, TfLiteNode* node) {
  auto* kernel = static_cast<Kernel*>(node->user_data);
  node->user_data = kernel->reference_data;
  const TfLiteStatus status = reference.invoke(context, node);
  node->user_data = kernel;
  return status;
}

TfLiteStatus reserve_scratch(TfLiteContext* context, int32_t bytes) {
  const int32_t wanted = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (wanted <= scratch_bytes) return kTfLiteOk;
  // What is there is extended in place unless somebody else has taken heap since.
  const bool last = scratch_memory != nullptr && static_cast<char*>(_sbrk(0)) == scratch_memory + scratch_bytes;
  char* const more = static_cast<char*>(_sbrk(last ? wanted - scratch_bytes : wanted));
  if (more == reinterpret_cast<char*>(-1)) {
    TF_LITE_KERNEL_LOG(context, "no room on the heap for the %d bytes of scratch that CMSIS-NN needs", wanted);
    return kTfLiteError;
  }
  if (!last) scratch_memory = more;
  scratch_bytes = wanted;
  return kTfLiteOk;
}

cmsis_nn_context scratch() { return {scratch_memory, scratch_bytes}; }

TfLiteStatus to_tflite(TfLiteContext* context, arm_cmsis_nn_status status) {
  if (status == ARM_CMSIS_NN_SUCCESS) return kTfLiteOk;
  TF_LITE_KERNEL_LOG(context, "CMSIS-NN refused the operator with status %d", status);
  return kTfLiteError;
}

}  // namespace cmsis_nn
