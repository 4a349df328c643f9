import Foundation
import Glibc
import LinuxIO
import Testing

/// Signs that are not ours on one RS-485 line: each a pymodbus server, which obeys its own unit.
///
/// Faults that it can show: a sign without power or cable, one that lies, one that lost its power
/// for a moment, an adapter that hears itself.
final class RunModbusLine: RunDevice {
  final class Sign {
    let unit: Int
    private let terminal: PseudoTerminal
    private let server = Process()
    private let words = Pipe()
    private let said = Pipe()
    /// Neither hears nor answers.
    var isDead = false

    init(unit: Int) throws {
      self.unit = unit
      terminal = try PseudoTerminal()
      let script = RunProgram.repository + "/Tests/TestSupport/ModbusSign/modbus_sign.py"
      server.executableURL = URL(fileURLWithPath: try Self.interpreter())
      server.arguments = [script, terminal.slavePath, String(unit)]
      server.standardInput = words
      server.standardOutput = said
      // It complains of each frame that is for another unit.
      server.standardError = FileHandle.nullDevice
      try server.run()
      try #require(line() == "ready")
    }

    deinit { end() }

    /// Its standard input may be open in programs that other tests started meanwhile.
    func end() {
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }

    /// Tests/python-tools installs what is missing and names the interpreter.
    private static func interpreter() throws -> String {
      let tools = Process()
      let output = Pipe()
      tools.executableURL = URL(fileURLWithPath: RunProgram.repository + "/Tests/python-tools")
      tools.standardOutput = output
      try tools.run()
      let said = output.fileHandleForReading.readDataToEndOfFile()
      tools.waitUntilExit()
      try #require(tools.terminationStatus == 0, "pymodbus could not be installed from PyPI")
      return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private func line() -> String {
      var bytes: [UInt8] = []
      while let byte = try? said.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    private func order(_ word: String) -> String {
      words.fileHandleForWriting.write(Data((word + "\n").utf8))
      return line()
    }

    /// It takes each write, and holds other values.
    var lies = false {
      didSet { _ = order(lies ? "lie" : "honest") }
    }

    /// Registers 0 to 5, as the sign shows them.
    var text: String {
      let held = order("registers").split(separator: " ").compactMap { UInt8($0) }
      return String(decoding: held.prefix(6), as: UTF8.self)
    }

    fileprivate func hear(_ bytes: [UInt8]) {
      guard !isDead, !bytes.isEmpty else { return }
      _ = bytes.withUnsafeBytes { SystemCall.write(terminal.master.raw, $0) }
    }

    fileprivate func answers() -> [UInt8] {
      var all: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 512)
      while case .bytes(let count) = buffer.withUnsafeMutableBytes({
        SystemCall.read(terminal.master.raw, into: $0)
      }) {
        all += buffer[..<count]
      }
      // pymodbus 3.16 also answers what is for other units, with a failure; a sign does not.
      return isDead || all.first != UInt8(unit) ? [] : all
    }
  }

  private let line: RunLine
  /// The node's adapter hears what it sends.
  var echoes = false
  private(set) var signs: [Int: Sign] = [:]

  init(units: [Int]) throws {
    line = try RunLine()
    for unit in units { signs[unit] = try Sign(unit: unit) }
  }

  var path: String { line.path }
  var descriptor: CInt? { line.isAlone ? nil : line.terminal.master.raw }

  func sign(_ unit: Int) throws -> Sign { try #require(signs[unit]) }

  /// The sign was without power for a moment: all that it held is gone.
  func powerCycle(_ unit: Int) throws {
    signs.removeValue(forKey: unit)?.end()
    signs[unit] = try Sign(unit: unit)
  }

  func pump() {
    let bytes = line.read()
    if echoes { line.write(bytes) }
    for sign in signs.values {
      sign.hear(bytes)
      line.write(sign.answers())
    }
  }
}
