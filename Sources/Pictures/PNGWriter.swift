extension DotPicture {
  /// As a PNG of one bit a dot; `dpi` tells how large a dot is on paper.
  public func png(dpi: Int? = nil) -> [UInt8] {
    let stride = (width_px + 7) / 8
    // In a PNG of greys 0 is black. The bits behind the last dot stay 0.
    let last: UInt8 = width_px % 8 == 0 ? 0xFF : ~(0xFF >> UInt8(width_px % 8))
    var data: [UInt8] = []
    data.reserveCapacity((stride + 1) * height_px)
    for y in 0..<height_px {
      data.append(0)
      for byte in rows[y * stride..<(y + 1) * stride] { data.append(~byte) }
      data[data.count - 1] &= last
    }
    var file = PNGSignature.bytes
    let header = word(width_px) + word(height_px) + [1, 0, 0, 0, 0]
    append("IHDR", header, to: &file)
    // Dots a metre, unit 1 (PNG specification, 11.3.5.3).
    if let dpi {
      let perMetre = word((dpi * 10_000 + 127) / 254)
      append("pHYs", perMetre + perMetre + [1], to: &file)
    }
    append("IDAT", Deflate.zlib(data, rowLength: stride + 1), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  private func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private func append(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
    file += word(data.count)
    let start = file.count
    file += name.utf8
    file += data
    file += word(Int(CRC32.of(file[start...])))
  }
}
