import Branch
import Configuration
import LinuxIO

/// An LED sign at the end of a virtual cable.
final class VirtualSign {
  let id: SignID
  /// Characters that can be seen at once.
  let columns: Int
  private let dark: SignFace
  private(set) var face: SignFace
  private var line: VirtualLine?
  private let onBytes: ([UInt8]) -> Void
  private let onChange: () -> Void

  /// - Parameter onBytes: every byte that the sign gets.
  init(
    loop: EventLoop, sign: SignConfiguration, outlet: Outlet,
    onBytes: @escaping ([UInt8]) -> Void, onChange: @escaping () -> Void
  ) {
    id = sign.id
    columns = sign.profile.columns
    dark = SignFace(sign)
    face = dark
    self.onBytes = onBytes
    self.onChange = onChange
    line = VirtualLine(loop: loop, outlet: outlet) { [unowned self] in took($0) }
  }

  var isPlugged: Bool { line?.isPlugged ?? false }

  func plug() throws(Problem) {
    try line?.plug()
    onChange()
  }

  /// The cable has the power in it, too: the sign goes dark and forgets.
  func pull() {
    line?.pull()
    face = dark
    onChange()
  }

  private func took(_ bytes: [UInt8]) {
    onBytes(bytes)
    line?.send(face.receive(bytes))
    onChange()
  }
}
