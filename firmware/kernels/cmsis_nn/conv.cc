// CONV_2D on arm_convolve_wrapper_s8. Bit-identical to the reference kernel with double rounding.
#include "kernels/cmsis_nn/convolution.h"
#include "tensorflow/lite/kernels/internal/tensor_ctypes.h"

namespace tflite {
namespace ops {
namespace micro {

TfLiteRegistration* Register_CONV_2D_REFERENCE();

namespace conv_cmsis_nn {
namespace {

using cmsis_nn::Convolution;

cmsis_nn_conv_params params_of(const TfLiteConvParams& params, const Convolution& data, const TfLiteTensor* input,
                               const TfLiteTensor* result) {
  return {-input->params.zero_point,
          result->params.zero_point,
          {params.stride_width, params.stride_height},
          data.padding,
          {params.dilation_width_factor, params.dilation_height_factor},
          data.activation};
}

TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node) {
  TF_LITE_ENSURE(context, node->user_data != nullptr);
  auto& data = *static_cast<Convolution*>(node->user_data);
  const TfLiteTensor* input = GetInput(context, node, 0);
  const TfLiteTensor* filter = GetInput(context, node, 1);
  const TfLiteTensor* result = GetOutput(context, node, 0);
  data.int8 = cmsis_nn::is_int8(input) && cmsis_nn::is_int8(filter) && cmsis_nn::is_int8(result);
  if (!data.int8) return cmsis_nn::prepare_reference(*Register_CONV_2D_REFERENCE(), context, node);

  const auto& params = *static_cast<const TfLiteConvParams*>(node->builtin_data);
  const cmsis_nn::Geometry geometry = {params.padding,
                                       {params.stride_width, params.stride_height},
                                       {params.dilation_width_factor, params.dilation_height_factor},
                                       params.activation};
  TF_LITE_ENSURE_STATUS(cmsis_nn::prepare_convolution(context, node, geometry, 0, data));
  const cmsis_nn_conv_params conv = params_of(params, data, input, result);
  const cmsis_nn_dims input_dims = cmsis_nn::nhwc(input), filter_dims = cmsis_nn::nhwc(filter),
                      output_dims = cmsis_nn::nhwc(result);
  return cmsis_nn::reserve_scratch(
      context, arm_convolve_wrapper_s8_get_buffer_size(&conv, &input_dims, &filter_dims, &output_dims));
}

TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node) {
  const auto& data = *static_cast<const Convolution*>(node->user_data);
  if (!data.int8) return cmsis_nn::invoke_reference(*Register_CONV_2D_REFERENCE(), context, node);

  const TfLiteTensor* input = GetInput(context, node, 0);
  const TfLiteTensor* filter = GetInput(context, node, 1);
  const TfLiteTensor* bias = GetOptionalInputTensor(context, node, 2);
  TfLiteTensor* result = GetOutput(context, node, 0);

  const cmsis_nn_conv_params conv =
      params_of(*static_cast<const TfLiteConvParams*>(node->builtin_data), data, input, result);
  const cmsis_nn_dims input_dims = cmsis_nn::nhwc(input), filter_dims = cmsis_nn::nhwc(filter),
                      output_dims = cmsis_nn::nhwc(result), bias_dims = {1, 1, 1, output_dims.c};
  const cmsis_nn_context scratch = cmsis_nn::scratch();
  return cmsis_nn::to_tflite(
      context, arm_convolve_wrapper_s8(&scratch, &conv, &data.output, &input_dims, GetTensorData<int8_t>(input),
                                       &filter_dims, GetTensorData<int8_t>(filter), &bias_dims,
                                       GetTensorData<int32_t>(bias), &output_dims, GetTensorData<int8_t>(result)));
}

}  // namespace
}  // namespace conv_cmsis_nn

TfLiteRegistration* Register_CONV_2D() {
  using namespace conv_cmsis_nn;
  static TfLiteRegistration registration = {
      cmsis_nn::init<Convolution>, nullptr, Prepare, Eval, nullptr, 0, nullptr, 0};
  return &registration;
}

}  // namespace micro
}  // namespace ops
}  // namespace tflite
