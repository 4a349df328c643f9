/// Appends a number as decimal digits, without a string in between; shorter ones get zeros in front
/// up to `width` digits, at most 20, and longer ones are not cut.
public func appendDecimal(_ number: Int64, to bytes: inout [UInt8], width: Int = 1) {
  if number < 0 { bytes.append(UInt8(ascii: "-")) }
  appendDecimal(number.magnitude, to: &bytes, width: width)
}

/// The same for numbers without a sign.
public func appendDecimal(_ number: UInt64, to bytes: inout [UInt8], width: Int = 1) {
  var digits = [20 of UInt8](repeating: UInt8(ascii: "0"))
  var rest = number
  var start = digits.count
  while rest > 0 {
    start -= 1
    digits[start] += UInt8(rest % 10)
    rest /= 10
  }
  for index in min(start, digits.count - width)..<digits.count { bytes.append(digits[index]) }
}
