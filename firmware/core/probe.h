// Reads a word that may not be there: a BusFault on the way gives the default instead.
#pragma once

#include <stdint.h>

extern "C" uint32_t probe_word(uint32_t address, uint32_t if_absent);
