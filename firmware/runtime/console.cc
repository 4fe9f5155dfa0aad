#include "runtime/console.h"

#include <string.h>

#include "core/cortex_m4.h"
#include "core/semihosting.h"
#include "drivers/uarte.h"

#ifndef BOARDLESS_CONSOLE_SEMIHOSTING
#define BOARDLESS_CONSOLE_SEMIHOSTING 0
#endif

namespace console {
namespace {

constexpr bool kSemihosting = BOARDLESS_CONSOLE_SEMIHOSTING;

// A line is gathered and sent at once.
class Line {
 public:
  ~Line() { flush(); }
  void put(char c) {
    text_[length_++] = c;
    if (length_ == sizeof text_ - 1) flush();
  }
  void put(const char* text) {
    while (*text != 0) put(*text++);
  }
  void number(uint32_t value, uint32_t base, uint32_t width) {
    char digits[32];
    uint32_t count = 0;
    do {
      digits[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    for (; width > count; width--) put('0');
    while (count > 0) put(digits[--count]);
  }
  void flush() {
    text_[length_] = 0;
    if (length_ > 0) write(text_);
    length_ = 0;
  }

 private:
  char text_[200];
  uint32_t length_ = 0;
};

void put_float(Line& line, double value, uint32_t precision) {
  if (value != value) return line.put("nan");
  if (value < 0) {
    line.put('-');
    value = -value;
  }
  uint32_t scale = 1;
  for (uint32_t i = 0; i < precision; i++) scale *= 10;
  uint32_t whole = static_cast<uint32_t>(value);
  if (value >= 4294967295.0) return line.put("huge");
  uint32_t fraction = static_cast<uint32_t>((value - whole) * scale + 0.5);
  if (fraction >= scale) {
    fraction -= scale;
    whole++;
  }
  line.number(whole, 10, 0);
  if (precision == 0) return;
  line.put('.');
  line.number(fraction, 10, precision);
}

}  // namespace

void start() {
  if (!kSemihosting) uarte::start();
}

void write(const char* text) {
  if (kSemihosting) {
    semihosting::write0(text);
  } else {
    uarte::write(text, strlen(text));
  }
}

void print(const char* format, va_list arguments) {
  Line line;
  for (const char* at = format; *at != 0; at++) {
    if (*at != '%') {
      line.put(*at);
      continue;
    }
    uint32_t width = 0;
    uint32_t precision = 6;
    at++;
    while (*at >= '0' && *at <= '9') width = 10 * width + (*at++ - '0');
    if (*at == '.') {
      precision = 0;
      at++;
      while (*at >= '0' && *at <= '9') precision = 10 * precision + (*at++ - '0');
    }
    while (*at == 'l' || *at == 'z') at++;
    switch (*at) {
      case 's':
        line.put(va_arg(arguments, const char*));
        break;
      case 'c':
        line.put(static_cast<char>(va_arg(arguments, int)));
        break;
      case 'd': {
        const int32_t value = va_arg(arguments, int32_t);
        if (value < 0) line.put('-');
        line.number(value < 0 ? 0u - static_cast<uint32_t>(value) : static_cast<uint32_t>(value), 10, width);
        break;
      }
      case 'u':
        line.number(va_arg(arguments, uint32_t), 10, width);
        break;
      case 'x':
        line.number(va_arg(arguments, uint32_t), 16, width);
        break;
      case 'f':
        put_float(line, va_arg(arguments, double), precision);
        break;
      case '%':
        line.put('%');
        break;
      default:
        return;
    }
  }
}

void print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print(format, arguments);
  va_end(arguments);
}

}  // namespace console

void fatal(const char* format, ...) {
  console::write("boardless: fatal: ");
  va_list arguments;
  va_start(arguments, format);
  console::print(format, arguments);
  va_end(arguments);
  console::write("\n");
  firmware_exit(1);
}

extern "C" {

[[gnu::noinline]] void firmware_end() {
  core::disable_interrupts();
  while (true) core::wait_for_interrupt();
}

void firmware_exit(int code) {
  if (console::kSemihosting) semihosting::exit(code);
  firmware_end();
}

// What TFLM's error reporter writes to.
void DebugLog(const char* text) { console::write(text); }
}
