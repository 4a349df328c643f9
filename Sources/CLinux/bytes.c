#include "bytes.h"

#include <string.h>

static uint32_t tables[8][256];

// Runs before main, so that no caller on any thread can see half a table.
__attribute__((constructor)) static void fill_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    tables[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int slice = 1; slice < 8; slice++)
      tables[slice][byte] =
          (tables[slice - 1][byte] >> 8) ^ tables[0][tables[slice - 1][byte] & 0xFF];
}

uint32_t kioskd_crc32c_by_tables(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; count >= 8; count -= 8, at += 8) {
    uint32_t low = crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                          (uint32_t)at[3] << 24);
    crc = tables[7][low & 0xFF] ^ tables[6][(low >> 8) & 0xFF] ^ tables[5][(low >> 16) & 0xFF] ^
          tables[4][low >> 24] ^ tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^
          tables[0][at[7]];
  }
  for (; count > 0; count--, at++) crc = (crc >> 8) ^ tables[0][(crc ^ *at) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *at,
                                                                 size_t count) {
  uint64_t wide = (uint32_t)~crc;
  for (; count >= 8; count -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  uint32_t narrow = (uint32_t)wide;
  for (; count > 0; count--, at++) narrow = __builtin_ia32_crc32qi(narrow, *at);
  return ~narrow;
}

uint32_t kioskd_crc32c(uint32_t crc, const void *bytes, size_t count) {
  if (__builtin_cpu_supports("sse4.2")) return by_instruction(crc, bytes, count);
  return kioskd_crc32c_by_tables(crc, bytes, count);
}
#else
uint32_t kioskd_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return kioskd_crc32c_by_tables(crc, bytes, count);
}
#endif

enum { line_bytes = 64, page_bytes = 4096 };

static int line_is_zero(const uint8_t *line) {
  uint64_t words[line_bytes / 8], any = 0;
  memcpy(words, line, line_bytes);
  for (int i = 0; i < line_bytes / 8; i++) any |= words[i];
  return any == 0;
}

size_t kioskd_content_end(const void *bytes, size_t count) {
  const uint8_t *start = bytes;
  // A page is zero when its first line is and each line equals the next: memcmp knows the
  // processor's widest loads.
  while (count >= page_bytes) {
    const uint8_t *page = start + count - page_bytes;
    if (!line_is_zero(page) || memcmp(page, page + line_bytes, page_bytes - line_bytes)) break;
    count -= page_bytes;
  }
  while (count >= line_bytes && line_is_zero(start + count - line_bytes)) count -= line_bytes;
  while (count > 0 && start[count - 1] == 0) count--;
  return count;
}
