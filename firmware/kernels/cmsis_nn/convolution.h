// What CONV_2D and DEPTHWISE_CONV_2D prepare alike: requantisation for each channel, activation and padding.
#pragma once

#include "kernels/cmsis_nn/kernel.h"
#include "tensorflow/lite/kernels/padding.h"

namespace cmsis_nn {

struct Convolution : Kernel {
  cmsis_nn_per_channel_quant_params output;
  cmsis_nn_activation activation;
  cmsis_nn_tile padding;
};

struct Geometry {
  TfLitePadding padding;
  cmsis_nn_tile stride;
  cmsis_nn_tile dilation;
  TfLiteFusedActivation activation;
};

inline TfLiteStatus prepare_convolution(TfLiteContext* context, TfLiteNode* node, const Geometry& geometry,
                                        int channel_dimension, Convolution& data) {
  const TfLiteTensor* input = tflite::GetInput(context, node, 0);
  const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
  const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 2);
  TfLiteTensor* result = tflite::GetOutput(context, node, 0);

  TF_LITE_ENSURE_EQ(context, filter->quantization.type, kTfLiteAffineQuantization);
  const int channels = filter->dims->data[channel_dimension];
  const size_t bytes = channels * sizeof(int32_t);
  TF_LITE_ENSURE_STATUS(
      context->AllocatePersistentBuffer(context, bytes, reinterpret_cast<void**>(&data.output.multiplier)));
  TF_LITE_ENSURE_STATUS(
      context->AllocatePersistentBuffer(context, bytes, reinterpret_cast<void**>(&data.output.shift)));

  int height = 0, width = 0;
  const TfLitePaddingValues padding = tflite::ComputePaddingHeightWidth(
      geometry.stride.h, geometry.stride.w, geometry.dilation.h, geometry.dilation.w, input->dims->data[1],
      input->dims->data[2], filter->dims->data[1], filter->dims->data[2], geometry.padding, &height, &width);
  data.padding = {padding.width, padding.height};

  int32_t multiplier = 0;
  int shift = 0;
  return tflite::PopulateConvolutionQuantizationParams(
      context, input, filter, bias, result, geometry.activation, &multiplier, &shift, &data.activation.min,
      &data.activation.max, data.output.multiplier, reinterpret_cast<int*>(data.output.shift), channels);
}

}  // namespace cmsis_nn
