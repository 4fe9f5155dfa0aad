// FULLY_CONNECTED on arm_fully_connected_s8. Bit-identical to the reference kernel with double rounding.
#include "kernels/cmsis_nn/kernel.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tensorflow/lite/kernels/internal/tensor_ctypes.h"

namespace tflite {
namespace ops {
namespace micro {

TfLiteRegistration* Register_FULLY_CONNECTED_REFERENCE();

namespace fully_connected_cmsis_nn {
namespace {

struct Data : cmsis_nn::Kernel {
  cmsis_nn_per_tensor_quant_params output;
  cmsis_nn_activation activation;
};

TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node) {
  TF_LITE_ENSURE(context, node->user_data != nullptr);
  auto& data = *static_cast<Data*>(node->user_data);
  const TfLiteTensor* input = GetInput(context, node, 0);
  const TfLiteTensor* filter = GetInput(context, node, 1);
  const TfLiteTensor* bias = GetOptionalInputTensor(context, node, 2);
  TfLiteTensor* result = GetOutput(context, node, 0);

  // arm_fully_connected_s8 takes the filter's zero point to be 0, as the quantisation specification says.
  data.int8 = cmsis_nn::is_int8(input) && cmsis_nn::is_int8(filter) && cmsis_nn::is_int8(result) &&
              filter->params.zero_point == 0;
  if (!data.int8) return cmsis_nn::prepare_reference(*Register_FULLY_CONNECTED_REFERENCE(), context, node);

  double scale = 0;
  TF_LITE_ENSURE_STATUS(GetQuantizedConvolutionMultipler(context, input, filter, bias, result, &scale));
  int shift = 0;
  QuantizeMultiplier(scale, &data.output.multiplier, &shift);
  data.output.shift = shift;
  const auto* params = static_cast<const TfLiteFullyConnectedParams*>(node->builtin_data);
  return CalculateActivationRangeQuantized(context, params->activation, result, &data.activation.min,
                                           &data.activation.max);
}

TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node) {
  const auto& data = *static_cast<const Data*>(node->user_data);
  if (!data.int8) return cmsis_nn::invoke_reference(*Register_FULLY_CONNECTED_REFERENCE(), context, node);

  const TfLiteTensor* input = GetInput(context, node, 0);
  const TfLiteTensor* filter = GetInput(context, node, 1);
  const TfLiteTensor* bias = GetOptionalInputTensor(context, node, 2);
  TfLiteTensor* result = GetOutput(context, node, 0);

  const int32_t depth = filter->dims->data[filter->dims->size - 1];
  const int32_t units = filter->dims->data[filter->dims->size - 2];
  const int32_t batches = static_cast<int32_t>(result->bytes) / units;
  const cmsis_nn_fc_params params = {-input->params.zero_point, 0, result->params.zero_point, data.activation};
  const cmsis_nn_dims input_dims = {batches, 1, 1, depth}, filter_dims = {depth, 1, 1, units},
                      bias_dims = {1, 1, 1, units}, output_dims = {batches, 1, 1, units};
  const cmsis_nn_context none = {nullptr, 0};
  return cmsis_nn::to_tflite(
      context, arm_fully_connected_s8(&none, &params, &data.output, &input_dims, GetTensorData<int8_t>(input),
                                      &filter_dims, GetTensorData<int8_t>(filter), &bias_dims,
                                      GetTensorData<int32_t>(bias), &output_dims, GetTensorData<int8_t>(result)));
}

}  // namespace
}  // namespace fully_connected_cmsis_nn

TfLiteRegistration* Register_FULLY_CONNECTED() {
  using namespace fully_connected_cmsis_nn;
  static TfLiteRegistration registration = {cmsis_nn::init<Data>, nullptr, Prepare, Eval, nullptr, 0, nullptr, 0};
  return &registration;
}

}  // namespace micro
}  // namespace ops
}  // namespace tflite
