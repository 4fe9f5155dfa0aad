import { LINE } from './surface.ts'

/** Colours that quads can have. */
export const PAINTS = 16

/** A corner of a quad: its values become pixels here, so that time and value scale without anything to upload. */
export const vertex = `#version 300 es
precision highp float;
in vec2 aPosition;
in vec4 aBox;
in float aStyle;
uniform vec4 uTime;   // pixels of a cycle, where the origin is, logarithmic, size of dots
uniform vec4 uRow;    // top, height, lowest, highest
uniform vec4 uClip;   // left, right, top, bottom
uniform vec4 uSize;   // of the canvas
uniform vec4 uPaints[${PAINTS}];
out vec4 vPaint;
out vec2 vDot;

float heightOf(float value) {
  float at = uTime.z > 0.5 ? log(max(value, 1.0)) * 0.4342944819 : value;
  return uRow.x + (1.0 - clamp((at - uRow.z) / (uRow.w - uRow.z), 0.0, 1.0)) * uRow.y;
}

void main() {
  float shape = floor(aStyle / 65536.0);
  float rest = aStyle - shape * 65536.0;
  float paint = floor(rest / 256.0);
  vec2 x = aBox.xy * uTime.x + uTime.y;
  vec2 y = vec2(heightOf(aBox.w), heightOf(aBox.z));
  vDot = vec2(0.0);
  if (shape > 2.5 && shape < 3.5) {
    float size = uTime.w * 0.5;
    x = vec2(x.x - size, x.x + size);
    y = vec2(y.x - size, y.x + size);
    vDot = aPosition * 2.0 - 1.0;
  } else if (shape > 0.5 && shape < 1.5) {
    y = vec2(y.x - ${LINE / 2}, y.x + ${LINE / 2});
    x.y = max(x.y, x.x + 1.0);
  } else if (shape > 1.5 && shape < 2.5) {
    x = vec2(x.x - ${LINE / 2}, x.x + ${LINE / 2});
  } else {
    if (shape > 3.5 && x.y - x.x > 3.0) x.y -= 1.0;
    x.y = max(x.y, x.x + 1.0);
    y.y = max(y.y, y.x + 1.0);
  }
  x = clamp(x, uClip.x, uClip.y);
  y = clamp(y, uClip.z, uClip.w);
  vec2 at = vec2(mix(x.x, x.y, aPosition.x), mix(y.x, y.y, aPosition.y));
  vec4 colour = uPaints[int(paint)];
  float alpha = (rest - paint * 256.0) / 255.0;
  vPaint = vec4(colour.rgb * alpha, alpha);
  gl_Position = vec4(at.x / uSize.x * 2.0 - 1.0, 1.0 - at.y / uSize.y * 2.0, 0.0, 1.0);
}
`

export const fragment = `#version 300 es
precision mediump float;
in vec4 vPaint;
in vec2 vDot;
out vec4 finalColor;
void main() {
  if (dot(vDot, vDot) > 1.0) discard;
  finalColor = vPaint;
}
`
