import Branch
import CLinux
import Glibc
import LinuxIO

/// Direction control as the kernel takes it (linux/serial.h, TIOCSRS485).
extension RS485Settings {
  /// What the driver made of it.
  enum Outcome: Equatable {
    case taken
    /// It switches, but not as wanted.
    case otherwise(RS485Settings)
    /// It cannot: a USB adapter that switches by itself, a plain RS-232 port.
    case unknown(SystemError)
  }

  var forKernel: serial_rs485 {
    var wanted = serial_rs485()
    wanted.flags = UInt32(SER_RS485_ENABLED)
    wanted.flags |= UInt32(sendsWithRTS ? SER_RS485_RTS_ON_SEND : SER_RS485_RTS_AFTER_SEND)
    if hearsItself { wanted.flags |= UInt32(SER_RS485_RX_DURING_TX) }
    wanted.delay_rts_before_send = UInt32(before.ms)
    wanted.delay_rts_after_send = UInt32(after.ms)
    return wanted
  }

  init(isRequired: Bool, kernel taken: serial_rs485) {
    func has(_ flag: CInt) -> Bool { taken.flags & UInt32(flag) != 0 }
    self.init(
      isRequired: isRequired, sendsWithRTS: has(CInt(SER_RS485_RTS_ON_SEND)),
      before: Span(ms: Int64(taken.delay_rts_before_send)),
      after: Span(ms: Int64(taken.delay_rts_after_send)),
      hearsItself: has(CInt(SER_RS485_RX_DURING_TX)))
  }

  func apply(to descriptor: CInt) -> Outcome {
    var line = forKernel
    guard kioskd_set_rs485(descriptor, &line) == 0 else {
      return .unknown(SystemError("TIOCSRS485", errno: errno))
    }
    // The kernel gives back what the driver took.
    let taken = RS485Settings(isRequired: isRequired, kernel: line)
    return taken == self ? .taken : .otherwise(taken)
  }

  static func problem(_ path: String, _ error: SystemError) -> Problem {
    Problem(
      code: "rs485", what: "\(path) cannot switch the direction of an RS-485 line",
      cause: "its driver does not know TIOCSRS485 (\(error.text))",
      cure: "Remove \"rs485\" if the adapter switches by itself, as most USB ones do; else take "
        + "another port.")
  }
}
