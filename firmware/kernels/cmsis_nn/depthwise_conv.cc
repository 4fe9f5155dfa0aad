// DEPTHWISE_CONV_2D on arm_depthwise_conv_wrapper_s8.
// It differs from this TFLM's reference kernel where a fused activation clamps inside -128 to 127: the
// reference (EvalQuantizedPerChannel in depthwise_conv.cc, "TODO(b/130439627): Use calculated value for
// clamping") always clamps to -128 and 127 and so drops the activation; CMSIS-NN applies it.
#include "kernels/cmsis_nn/convolution.h"

namespace tflite {
namespace ops {
namespace micro {

TfLiteRegistration* Register_DEPTHWISE_CONV_2D_REFERENCE();

namespace depthwise_conv_cmsis_nn {
namespace {

using cmsis_nn::Convolution;
using Params = TfLiteDepthwiseConvParams;

cmsis_nn_dw_conv_params params_of(const Params& params, const Convolution& data,
                                  const cmsis_nn::ConvolutionOperands& operands) {
  return {-operands.input->params.zero_point,
          operands.result->params.zero_point,
          params.depth_multiplier,
          cmsis_nn::stride_of(params),
          data.padding,
          cmsis_nn::dilation_of(params),
          data.activation};
}

TfLiteStatus Prepare(TfLiteContext* context, TfLiteNode* node) {
  TF_LITE_ENSURE(context, node->user_data != nullptr);
  auto& data = *static_cast<Convolution*>(node->user_data);
  const cmsis_nn::ConvolutionOperands at = cmsis_nn::convolution_operands(context, node);
  data.int8 = at.int8();
  if (!data.int8) return cmsis_nn::prepare_reference(*Register_DEPTHWISE_CONV_2D_REFERENCE(), context, node);

  const auto& params = *static_cast<const Params*>(node->builtin_data);
  TF_LITE_ENSURE_STATUS(cmsis_nn::prepare_convolution(context, at, params, 3, data));
  const cmsis_nn_dw_conv_params conv = params_of(params, data, at);
  return cmsis_nn::reserve_scratch(context, arm_depthwise_conv_wrapper_s8_get_buffer_size(
                                                &conv, &at.input_dims, &at.filter_dims, &at.output_dims));
}

TfLiteStatus Eval(TfLiteContext* context, TfLiteNode* node) {
  const auto& data = *static_cast<const Convolution*>(node->user_data);
  if (!data.int8) return cmsis_nn::invoke_reference(*Register_DEPTHWISE_CONV_2D_REFERENCE(), context, node);

  const cmsis_nn::ConvolutionOperands at = cmsis_nn::convolution_operands(context, node);
  const cmsis_nn_dw_conv_params conv = params_of(*static_cast<const Params*>(node->builtin_data), data, at);
  const cmsis_nn_context scratch = cmsis_nn::scratch();
  return cmsis_nn::to_tflite(
      context, arm_depthwise_conv_wrapper_s8(&scratch, &conv, &data.output, &at.input_dims,
                                             GetTensorData<int8_t>(at.input), &at.filter_dims,
                                             GetTensorData<int8_t>(at.filter), &at.bias_dims,
                                             GetTensorData<int32_t>(at.bias), &at.output_dims,
                                             GetTensorData<int8_t>(at.result)));
}

}  // namespace
}  // namespace depthwise_conv_cmsis_nn

TfLiteRegistration* Register_DEPTHWISE_CONV_2D() {
  using namespace depthwise_conv_cmsis_nn;
  static TfLiteRegistration registration = {
      cmsis_nn::init<Convolution>, nullptr, Prepare, Eval, nullptr, 0, nullptr, 0};
  return &registration;
}

}  // namespace micro
}  // namespace ops
}  // namespace tflite
