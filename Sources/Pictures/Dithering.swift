extension GreyPicture {
  /// The picture in black dots: what a dot is too light or too dark goes on to its neighbours
  /// (Floyd and Steinberg, 1976: 7, 3, 5 and 1 sixteenths), every second row from the right, so
  /// that no pattern leans. Pure black and white stay as they are.
  public func dithered() -> DotPicture {
    let stride = (width_px + 7) / 8
    var rows = [UInt8](repeating: 0, count: stride * height_px)
    // One dot more on both sides.
    var errors = [Int32](repeating: 0, count: width_px + 2)
    for y in 0..<height_px {
      var below = [Int32](repeating: 0, count: width_px + 2)
      let step = y % 2 == 0 ? 1 : -1
      var x = step > 0 ? 0 : width_px - 1
      for _ in 0..<width_px {
        let shade = Int32(luminance[y * width_px + x]) + errors[x + 1] / 16
        let isBlack = shade < 128
        if isBlack { rows[y * stride + x / 8] |= 0x80 >> UInt8(x % 8) }
        let error = isBlack ? shade : shade - 255
        errors[x + 1 + step] += error * 7
        below[x + 1 - step] += error * 3
        below[x + 1] += error * 5
        below[x + 1 + step] += error
        x += step
      }
      errors = below
    }
    return DotPicture(unchecked: width_px, height_px, rows)
  }

  /// As wide as asked, the height in proportion: each new dot is the mean of what it covers.
  public func scaled(toWidth width: Int) -> GreyPicture {
    let width = min(max(width, 1), Self.side_max_px)
    let height = min(max((height_px * width + width_px / 2) / width_px, 1), Self.side_max_px)
    guard width != width_px else { return self }
    var scaled = GreyPicture(white: width, height)
    for y in 0..<height {
      let top = y * height_px / height
      let bottom = max((y + 1) * height_px / height, top + 1)
      for x in 0..<width {
        let left = x * width_px / width
        let right = max((x + 1) * width_px / width, left + 1)
        var sum = 0
        for row in top..<bottom {
          for column in left..<right { sum += Int(luminance[row * width_px + column]) }
        }
        let count = (bottom - top) * (right - left)
        scaled.luminance[y * width + x] = UInt8((sum + count / 2) / count)
      }
    }
    return scaled
  }
}

extension DotPicture {
  init(unchecked width_px: Int, _ height_px: Int, _ rows: [UInt8]) {
    self.width_px = width_px
    self.height_px = height_px
    self.rows = rows
  }

  /// Portable bitmap, raw (netpbm: pbm(5)).
  public var pbm: [UInt8] { Array("P4\n\(width_px) \(height_px)\n".utf8) + rows }
}
