import Branch
public import Pictures

extension DotPicture {
  /// As a drawing in millimetres (W3C Scalable Vector Graphics 1.1): white paper, and the black
  /// dots as rectangles as large as they can be, so that it stays sharp at any size.
  public func svg(dpi: Int) -> [UInt8] {
    let width = millimetres(width_px, dpi)
    let height = millimetres(height_px, dpi)
    var path: [UInt8] = []
    forEachRectangle { x, y, width, height in
      path += "M\(x) \(y)h\(width)v\(height)h-\(width)z".utf8
    }
    let head = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)mm" height="\(height)mm" \
      viewBox="0 0 \(width_px) \(height_px)" shape-rendering="crispEdges">
      <rect width="\(width_px)" height="\(height_px)" fill="#fff"/>
      <path fill="#111" d="
      """
    return Array(head.utf8) + path + Array("\"/>\n</svg>\n".utf8)
  }

  private func millimetres(_ dots: Int, _ dpi: Int) -> String {
    let hundredths = (dots * 2540 + dpi / 2) / dpi
    return "\(hundredths / 100).\(padded(hundredths % 100, to: 2))"
  }

  /// Runs of black in a row; the same runs in rows below belong to one rectangle.
  private func forEachRectangle(_ draw: (_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Void) {
    var open: [Run: Int] = [:]
    for y in 0...height_px {
      let runs = y < height_px ? runs(y) : []
      var still: [Run: Int] = [:]
      for run in runs { still[run] = open.removeValue(forKey: run) ?? y }
      for (run, top) in open.sorted(by: { ($0.value, $0.key.x) < ($1.value, $1.key.x) }) {
        draw(run.x, top, run.width, y - top)
      }
      open = still
    }
  }

  private struct Run: Hashable {
    let x: Int
    let width: Int
  }

  private func runs(_ y: Int) -> [Run] {
    var runs: [Run] = []
    var start: Int?
    for x in 0...width_px {
      let isBlack = x < width_px && isBlack(x: x, y: y)
      if isBlack, start == nil { start = x }
      if !isBlack, let first = start {
        runs.append(Run(x: first, width: x - first))
        start = nil
      }
    }
    return runs
  }
}
