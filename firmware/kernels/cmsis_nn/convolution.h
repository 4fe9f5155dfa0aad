// What CONV_2D and DEPTHWISE_CONV_2D do alike: their operands, requantisation for each channel, activation and padding.
#pragma once

#include "kernels/cmsis_nn/kernel.h"
#include "tensorflow/lite/kernels/internal/tensor_ctypes.h"
#include "tensorflow/lite/kernels/padding.h"

namespace cmsis_nn {

struct Convolution : Kernel {
  cmsis_nn_per_channel_quant_params output;
  cmsis_nn_activation activation;
  cmsis_nn_tile padding;
};

struct ConvolutionOperands {
  const TfLiteTensor *input, *filter, *bias;
  TfLiteTensor* result;
  cmsis_nn_dims input_dims, filter_dims, bias_dims, output_dims;

  bool int8() const { return is_int8(input) && is_int8(filter) && is_int8(result); }
};

inline ConvolutionOperands convolution_operands(TfLiteContext* context, TfLiteNode* node) {
  const TfLiteTensor* input = tflite::GetInput(context, node, 0);
  const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
  const TfLiteTensor* bias =
      tflite::NumInputs(node) == 3 ? tflite::GetOptionalInputTensor(context, node, 2) : nullptr;
  TfLiteTensor* result = tflite::GetOutput(context, node, 0);
  const cmsis_nn_dims output_dims = nhwc(result);
  return {input, filter, bias, result, nhwc(input), nhwc(filter), {1, 1, 1, output_dims.c}, output_dims};
}

// `Params` is TfLiteConvParams or TfLiteDepthwiseConvParams.
template <typename Params>
cmsis_nn_tile stride_of(const Params& params) {
  return {params.stride_width, params.stride_height};
}
template <typename Params>
cmsis_nn_tile dilation_of(const Params& params) {
  return {params.dilation_width_factor, params.dilation_height_factor};
}

template <typename Params>
TfLiteStatus prepare_convolution(TfLiteContext* context, const ConvolutionOperands& operands, const Params& params,
                                 int channel_dimension, Convolution& data) {
  const auto& [input, filter, bias, result, input_dims, filter_dims, bias_dims, output_dims] = operands;
  TF_LITE_ENSURE_EQ(context, filter->quantization.type, kTfLiteAffineQuantization);
  const int channels = filter->dims->data[channel_dimension];
  const size_t bytes = channels * sizeof(int32_t);
  TF_LITE_ENSURE_STATUS(
      context->AllocatePersistentBuffer(context, bytes, reinterpret_cast<void**>(&data.output.multiplier)));
  TF_LITE_ENSURE_STATUS(
      context->AllocatePersistentBuffer(context, bytes, reinterpret_cast<void**>(&data.output.shift)));

  int height = 0, width = 0;
  const TfLitePaddingValues padding = tflite::ComputePaddingHeightWidth(
      params.stride_height, params.stride_width, params.dilation_height_factor, params.dilation_width_factor,
      input_dims.h, input_dims.w, filter_dims.h, filter_dims.w, params.padding, &height, &width);
  data.padding = {padding.width, padding.height};

  int32_t multiplier = 0;
  int shift = 0;
  return tflite::PopulateConvolutionQuantizationParams(
      context, input, filter, bias, result, params.activation, &multiplier, &shift, &data.activation.min,
      &data.activation.max, data.output.multiplier, reinterpret_cast<int*>(data.output.shift), channels);
}

}  // namespace cmsis_nn
