public import Branch
import CLinux
import Glibc
import LinuxIO

/// Speed and form of the characters on a serial line.
public struct SerialSettings: Hashable, Sendable, CustomStringConvertible {
  public enum Parity: String, Sendable, CaseIterable { case none, even, odd }

  /// Bits per second, one of `bauds`.
  public let baud: Int
  /// 7 or 8.
  public let dataBits: Int
  public let parity: Parity
  /// 1 or 2.
  public let stopBits: Int

  /// Speeds that every adapter knows.
  public static let bauds = speeds.map(\.baud)

  private static let speeds: [(baud: Int, code: speed_t)] = [
    (300, speed_t(B300)), (600, speed_t(B600)), (1200, speed_t(B1200)), (2400, speed_t(B2400)),
    (4800, speed_t(B4800)), (9600, speed_t(B9600)), (19200, speed_t(B19200)),
    (38400, speed_t(B38400)), (57600, speed_t(B57600)), (115200, speed_t(B115200)),
  ]

  /// Throws `serial-setting`.
  public init(baud: Int = 9600, dataBits: Int = 8, parity: Parity = .none, stopBits: Int = 1)
    throws(Problem)
  {
    guard Self.bauds.contains(baud) else {
      let list = Self.bauds.map(String.init).joined(separator: ", ")
      throw Self.problem("\(baud) baud", cure: "Use one of \(list).")
    }
    guard (7...8).contains(dataBits) else {
      throw Self.problem("\(dataBits) data bits", cure: "Use 7 or 8.")
    }
    guard (1...2).contains(stopBits) else {
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

  /// Bits of c_cflag that make the form of a character.
  static let formMask = tcflag_t(CSIZE | PARENB | PARODD | CSTOPB)

  var form: tcflag_t {
    var flags = tcflag_t(dataBits == 7 ? CS7 : CS8)
    if parity != .none { flags |= tcflag_t(PARENB) }
    if parity == .odd { flags |= tcflag_t(PARODD) }
    if stopBits == 2 { flags |= tcflag_t(CSTOPB) }
    return flags
  }

  /// Sets the line to raw bytes in this form; false when the driver kept another form, as cheap
  /// adapters do with seven data bits.
  ///
  /// Modem lines are ignored (CLOCAL), signs rarely have them. HUPCL is off: with it each start of
  /// the program would drop DTR, and some adapters reset the sign on that.
  func apply(to descriptor: CInt) throws(SystemError) -> Bool {
    var line = termios()
    try SystemCall.check("tcgetattr", tcgetattr(descriptor, &line))
    cfmakeraw(&line)
    let code = Self.speeds.first { $0.baud == baud }?.code ?? speed_t(B9600)
    cfsetispeed(&line, code)
    cfsetospeed(&line, code)
    line.c_cflag &= ~(Self.formMask | tcflag_t(CRTSCTS) | tcflag_t(HUPCL))
    line.c_cflag |= form | tcflag_t(CLOCAL | CREAD)
    do throws(SystemError) {
      try SystemCall.check("tcsetattr", tcsetattr(descriptor, TCSANOW, &line))
    } catch {
      // EINVAL is glibc's word for a driver that kept its own number of bits: found out below.
      if error.errno != EINVAL { throw error }
    }
    var taken = termios()
    try SystemCall.check("tcgetattr", tcgetattr(descriptor, &taken))
    return taken.c_cflag & Self.formMask == form && cfgetospeed(&taken) == code
  }
}
