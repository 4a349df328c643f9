import CLinux
import Glibc

/// The C library's character sets (iconv(3)).
public enum CharacterSet {
  /// All characters of a set that have two bytes, ascending by code; empty when the C library has
  /// no such set. Reads a file of the C library: not for the event loop.
  ///
  /// - Parameter name: as `iconv -l` tells it, `GBK`.
  public static func doubleByteCharacters(
    _ name: String
  ) -> [(code: UInt16, scalar: Unicode.Scalar)] {
    guard let converter = iconv_open("UTF-32LE", name), converter != iconv_t(bitPattern: -1) else {
      return []
    }
    defer { iconv_close(converter) }
    var characters: [(code: UInt16, scalar: Unicode.Scalar)] = []
    for first in UInt8(0x81)...0xFE {
      for second in UInt8(0x40)...0xFE {
        guard let scalar = scalar([first, second], converter) else { continue }
        characters.append((UInt16(first) << 8 | UInt16(second), scalar))
      }
    }
    return characters
  }

  private static func scalar(_ bytes: [UInt8], _ converter: iconv_t) -> Unicode.Scalar? {
    var input = bytes.map { CChar(bitPattern: $0) }
    var output: [CChar] = [0, 0, 0, 0]
    var inputLeft = input.count
    var outputLeft = output.count
    let status = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(converter, &from, &inputLeft, &to, &outputLeft)
      }
    }
    guard status == 0, inputLeft == 0, outputLeft == 0 else {
      // Back to the beginning of a character.
      _ = iconv(converter, nil, nil, nil, nil)
      return nil
    }
    let value = output.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(UInt8(bitPattern: $1)) }
    return Unicode.Scalar(value)
  }
}
