import CLinux
import Glibc

/// What happens when the device has taken in so many more bytes.
struct ByteTrap {
  var left_bytes: Int
  /// True when the cable is pulled: bytes that follow are lost.
  let pulls: Bool
  let spring: () -> Void
}

/// A ticket printer at the far end of a USB cable.
final class VirtualPrinter: Watched {
  let gadget: Gadget
  /// -1 also while its buffer is full: then the host has to wait.
  var descriptor: Int32 { works.hasRoom && !isStalled ? wire : -1 }
  /// It takes nothing, as a printer whose firmware hangs.
  var isStalled = false
  var isConnected: Bool { wire >= 0 }
  private var wire: Int32 = -1
  private(set) var works = PaperTrail()
  private(set) var received_bytes = 0
  var trap: ByteTrap?

  /// Answers that the host has not fetched are kept up to here, as in a printer's send buffer.
  static let answers_bytes_max = 512

  private let record: ByteRecord
  private var answers: [UInt8] = []
  private var isOut = false
  private var wasPulled = false

  init(_ gadget: Gadget, record: ByteRecord) {
    self.gadget = gadget
    self.record = record
  }

  /// Opening fails with ENODEV until the host has configured the gadget.
  func tick() {
    if wire < 0 {
      wire = kioskd_open(gadget.path, O_RDWR | O_NONBLOCK, 0)
      guard wire >= 0 else { return }
      // The gadget keeps what was in flight at a pull; a printer without power does not.
      if wasPulled { while readSome(wire, upTo: 8192)?.isEmpty == false {} }
      wasPulled = false
      showPaper()
    }
    sendAnswers()
  }

  func serve() {
    let most = min(8192, trap.map { max(1, $0.left_bytes) } ?? 8192)
    guard let bytes = readSome(wire, upTo: most) else {
      return errno == EAGAIN ? () : hangUp()
    }
    received_bytes += bytes.count
    record.append(bytes)
    answer(works.receive(bytes))
    countDown(bytes.count)
  }

  private func countDown(_ count: Int) {
    guard count > 0, var armed = trap else { return }
    armed.left_bytes -= count
    trap = armed.left_bytes > 0 ? armed : nil
    guard armed.left_bytes <= 0 else { return }
    if armed.pulls { while readSome(wire, upTo: 8192)?.isEmpty == false {} }
    armed.spring()
  }

  func setPaper(out: Bool) {
    isOut = out
    showPaper()
    answer(works.setPaper(out: out))
  }

  func losePower() {
    hangUp()
    wasPulled = true
    answers = []
    works.losePower()
  }

  /// Bits of GET_PORT_STATUS: 08 no error, 10 selected, 20 paper empty (Linux, usblp).
  private func showPaper() {
    let setPrinterStatus: UInt = 0xc001_6722  // GADGET_SET_PRINTER_STATUS, linux/usb/g_printer.h
    if wire >= 0 { _ = ioctl(wire, setPrinterStatus, CInt(isOut ? 0x38 : 0x18)) }
  }

  private func answer(_ bytes: [UInt8]) {
    answers = Array((answers + bytes).suffix(Self.answers_bytes_max))
    sendAnswers()
  }

  private func sendAnswers() {
    guard wire >= 0, !answers.isEmpty else { return }
    let count = write(wire, answers, answers.count)
    if count > 0 { answers.removeFirst(count) }
  }

  private func hangUp() {
    if wire >= 0 { close(wire) }
    wire = -1
  }
}
