import Branch

extension JSONField {
  /// A length of time written in seconds, to a thousandth: `15`, `0.25`.
  public func seconds(in range: ClosedRange<Span>) -> Span? {
    let bounds = "\(secondsText(range.lowerBound)) to \(secondsText(range.upperBound))"
    let cure = "Give seconds from \(bounds), with at most three decimals."
    let ms: Int64?
    switch value.content {
    case .integer(let seconds):
      let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
      ms = overflow ? nil : product
    case .decimal(let text): ms = thousandths(text)
    default:
      reportKind(expected: "a number of seconds", cure: cure)
      return nil
    }
    if let ms, range.contains(Span(ms: ms)) { return Span(ms: ms) }
    report(code: "range", "\(value.spokenKind) is outside of \(bounds) seconds", cure: cure)
    return nil
  }

  /// A length of time written in whole milliseconds.
  public func milliseconds(in range: ClosedRange<Span>) -> Span? {
    integer(in: Int(range.lowerBound.ms)...Int(range.upperBound.ms)).map { Span(ms: Int64($0)) }
  }
}

/// Seconds as a person writes them, without needless zeros: `15`, `0.25`.
public func secondsText(_ span: Span) -> String {
  let (seconds, ms) = span.ms.magnitude.quotientAndRemainder(dividingBy: 1000)
  let sign = span.ms < 0 ? "-" : ""
  guard ms > 0 else { return "\(sign)\(seconds)" }
  var decimals = padded(Int(ms), to: 3)
  while decimals.hasSuffix("0") { decimals.removeLast() }
  return "\(sign)\(seconds).\(decimals)"
}

/// `12.5` to 12500, exactly; nil with an exponent, more than three decimals, or out of 64 bits.
private func thousandths(_ text: String) -> Int64? {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  guard parts.count == 2, (1...3).contains(parts[1].utf8.count) else { return nil }
  let decimals = parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count)
  return Int64(parts[0] + decimals)
}
