// AVERAGE_POOL_2D and MAX_POOL_2D on arm_avgpool_s8 and arm_max_pool_s8. Bit-identical to the reference.
#include "kernels/cmsis_nn/kernel.h"
#include "tensorflow/lite/kernels/internal/tensor_ctypes.h"
#include "tensorflow/lite/kernels/padding.h"

namespace tflite {
namespace ops {
namespace micro {

TfLiteRegistration* Register_AVERAGE_POOL_2D_REFERENCE();
TfLiteRegistration* Register_MAX_POOL_2D_REFERENCE();

namespace pooling_cmsis_nn {
namespace {

struct Data : cmsis_nn::Kernel {
  cmsis_nn_pool_params pool;
};

using Pool = decltype(&arm_max_pool_s8);

TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node, const TfLiteRegistration& reference) {
  TF_LITE_ENSURE(context, node->user_data != nullptr);
  auto& data = *static_cast<Data*>(node->user_data);
  const TfLiteTensor* input = GetInput(context, node, 0);
  TfLiteTensor* result = GetOutput(context, node, 0);
  data.int8 = cmsis_nn::is_int8(input) && cmsis_nn::is_int8(result);
  if (!data.int8) return cmsis_nn::prepare_reference(reference, context, node);

  const auto& params = *static_cast<const TfLitePoolParams*>(node->builtin_data);
  int height = 0, width = 0;
  const TfLitePaddingValues padding = ComputePaddingHeightWidth(
      params.stride_height, params.stride_width, 1, 1, input->dims->data[1], input->dims->data[2],
      params.filter_height, params.filter_width, params.padding, &height, &width);
  data.pool.stride = {params.stride_width, params.stride_height};
  data.pool.padding = {padding.width, padding.height};
  return CalculateActivationRangeQuantized(context, params.activation, result, &data.pool.activation.min,
                                           &data.pool.activation.max);
}

TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node, const TfLiteRegistration& reference, Pool pool) {
  const auto& data = *static_cast<const Data*>(node->user_data);
  if (!data.int8) return cmsis_nn::invoke_reference(reference, context, node);

  const TfLiteTensor* input = GetInput(context, node, 0);
  TfLiteTensor* result = GetOutput(context, node, 0);
  const auto& params = *static_cast<const TfLitePoolParams*>(node->builtin_data);
  const cmsis_nn_dims input_dims = cmsis_nn::nhwc(input), output_dims = cmsis_nn::nhwc(result),
                      filter_dims = {1, params.filter_height, params.filter_width, 1};
  const cmsis_nn_context scratch = cmsis_nn::scratch();
  const int8_t* from = GetTensorData<int8_t>(input);
  int8_t* to = GetTensorData<int8_t>(result);
  // The pooling functions of CMSIS-NN take one image.
  for (int32_t image = 0; image < input_dims.n; image++) {
    TF_LITE_ENSURE_STATUS(cmsis_nn::to_tflite(
        context, pool(&scratch, &data.pool, &input_dims, from, &filter_dims, &output_dims, to)));
    from += input_dims.h * input_dims.w * input_dims.c;
    to += output_dims.h * output_dims.w * output_dims.c;
  }
  return kTfLiteOk;
}

TfLiteStatus AveragePrepare(TfLiteContext* context, TfLiteNode* node) {
  TF_LITE_ENSURE_STATUS(Prepare(context, node, *Register_AVERAGE_POOL_2D_REFERENCE()));
  if (!static_cast<Data*>(node->user_data)->int8) return kTfLiteOk;
  const TfLiteTensor* result = GetOutput(context, node, 0);
  const int* dims = result->dims->data;
  return cmsis_nn::reserve_scratch(context, arm_avgpool_s8_get_buffer_size(dims[2], dims[3]));
}

TfLiteStatus AverageEval(TfLiteContext* context, TfLiteNode* node) {
  return Eval(context, node, *Register_AVERAGE_POOL_2D_REFERENCE(), arm_avgpool_s8);
}

TfLiteStatus MaxPrepare(TfLiteContext* context, TfLiteNode* node) {
  return Prepare(context, node, *Register_MAX_POOL_2D_REFERENCE());
}

TfLiteStatus MaxEval(TfLiteContext* context, TfLiteNode* node) {
  return Eval(context, node, *Register_MAX_POOL_2D_REFERENCE(), arm_max_pool_s8);
}

}  // namespace
}  // namespace pooling_cmsis_nn

TfLiteRegistration* Register_AVERAGE_POOL_2D() {
  using namespace pooling_cmsis_nn;
  static TfLiteRegistration registration = {
      cmsis_nn::init<Data>, nullptr, AveragePrepare, AverageEval, nullptr, 0, nullptr, 0};
  return &registration;
}

TfLiteRegistration* Register_MAX_POOL_2D() {
  using namespace pooling_cmsis_nn;
  static TfLiteRegistration registration = {
      cmsis_nn::init<Data>, nullptr, MaxPrepare, MaxEval, nullptr, 0, nullptr, 0};
  return &registration;
}

}  // namespace micro
}  // namespace ops
}  // namespace tflite
