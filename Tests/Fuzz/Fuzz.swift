import Glibc

/// A parser under libFuzzer: it may get any bytes, and what it says of them is held against what
/// must always hold. A trap, a bad access or a broken rule ends the process, and libFuzzer keeps
/// the bytes.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] = [
    .lines, .nodeMessages, .hubMessages, .facts, .checkpoints, .journal, .json, .configuration,
    .profiles, .printerDatabase, .printerStatus, .paper, .starStatus, .starPaper, .signs,
    .signAnswers, .evdev, .deviceNames, .addresses, .commandLine, .inotify, .kernelEvents,
    .systemTables, .scripts,
    .templates,
    .pictures, .captures,
  ]

  /// The one that `FUZZ_TARGET` names.
  static let chosen: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      fatalError("FUZZ_TARGET is none of \(all.map(\.name).joined(separator: " "))")
    }
    return target
  }()
}

/// What must always hold.
func always(_ rule: Bool, _ text: @autoclosure () -> String) {
  if !rule { fatalError(text()) }
}

/// Called by libFuzzer for each try.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// The bytes in pieces, whose lengths the bytes themselves choose.
func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var parts: [ArraySlice<UInt8>] = []
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + 1 + Int(bytes[start] % 7))
    parts.append(bytes[start..<end])
    start = end
  }
  return parts
}
