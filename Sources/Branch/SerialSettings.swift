/// Speed of a serial line and form of its characters. There is no flow control, which write-only
/// signs do not have.
public struct SerialSettings: Hashable, Sendable, CustomStringConvertible {
  public enum Parity: String, Sendable, CaseIterable { case none, even, odd }

  /// Speeds for which termios has a constant and that every adapter knows.
  public static let bauds = [
    300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200,
  ]
  public static let dataBits = 7...8
  public static let stopBits = 1...2

  /// Bits per second, one of `bauds`.
  public let baud: Int
  /// 7 or 8.
  public let dataBits: Int
  public let parity: Parity
  /// 1 or 2.
  public let stopBits: Int

  /// Throws `serial-setting`.
  public init(baud: Int = 9600, dataBits: Int = 8, parity: Parity = .none, stopBits: Int = 1)
    throws(Problem)
  {
    guard Self.bauds.contains(baud) else {
      let list = Self.bauds.map(String.init).joined(separator: ", ")
      throw Self.problem("\(baud) baud", cure: "Use one of \(list).")
    }
    guard Self.dataBits.contains(dataBits) else {
      throw Self.problem("\(dataBits) data bits", cure: "Use 7 or 8.")
    }
    guard Self.stopBits.contains(stopBits) else {
      throw Self.problem("\(stopBits) stop bits", cure: "Use 1 or 2.")
    }
    self.baud = baud
    self.dataBits = dataBits
    self.parity = parity
    self.stopBits = stopBits
  }

  private static func problem(_ value: String, cure: String) -> Problem {
    Problem(
      code: "serial-setting", what: "the serial line cannot be set up",
      cause: "\(value) is not possible", cure: cure)
  }

  /// `9600 7E1`
  public var description: String {
    let letter =
      switch parity {
      case .none: "N"
      case .even: "E"
      case .odd: "O"
      }
    return "\(baud) \(dataBits)\(letter)\(stopBits)"
  }

  /// How long so many characters are on their way, in microseconds, rounded up: each has a start
  /// bit before it.
  public func duration_us(bytes: Int) -> Int {
    let bits = 1 + dataBits + (parity == .none ? 0 : 1) + stopBits
    return (bytes * bits * 1_000_000 + baud - 1) / baud
  }
}
