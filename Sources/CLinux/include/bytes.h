// Two loops over bytes that are much faster in C than in a debug build of Swift.
//
// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4), as iSCSI, ext4 and
// the journal use it. Continues from `crc`, which starts at 0.
#ifndef KIOSKD_BYTES_H
#define KIOSKD_BYTES_H
#include <stddef.h>
#include <stdint.h>
// With the processor's own instruction where it has one.
uint32_t kioskd_crc32c(uint32_t crc, const void *bytes, size_t count);
// By tables, on any processor; tests compare the two.
uint32_t kioskd_crc32c_by_tables(uint32_t crc, const void *bytes, size_t count);

// Bytes up to and with the last one that is not zero; 0 when all are zero.
size_t kioskd_content_end(const void *bytes, size_t count);
#endif
