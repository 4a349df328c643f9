import CLinux

/// CRC-32C as RFC 3720 appendix B.4 defines it; with the processor's instruction where it has one.
public enum CRC32C {
  /// - Parameter crc: the checksum of what came before, 0 at the start.
  @inlinable
  public static func of(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
    guard let start = bytes.baseAddress else { return crc }
    return kioskd_crc32c(crc, start, bytes.count)
  }
}
