import Branch
import CLibUSB
import LinuxIO

/// An open printer on the loop: one bulk OUT transfer at a time, the reader of its way back, and
/// the class requests.
final class USBConnection {
  /// Bytes of one OUT transfer. Small, so that the count of accepted bytes is fine-grained when a
  /// job is torn; one transfer of it takes 4 ms at full speed (12 Mbit/s).
  static let send_max = 4096
  static let request_ms_max: UInt32 = 2000

  let device: OpenUSBDevice
  let openedAt = Clock.monotonic()
  private(set) var identity: String
  private let out: USBTransfer
  private let deviceID: USBTransfer
  private let status: USBTransfer
  private let reset: USBTransfer
  let reader: USBReader?
  private var onEnded: (() -> Void)?
  private var isEnded = false

  /// nil when there is no memory for its transfers.
  init?(loop: EventLoop, context: USBContext, device: OpenUSBDevice) {
    let answer = USBTransfer.setup_bytes + Int(PrinterRequest.deviceID_max)
    guard let out = USBTransfer(context, capacity: Self.send_max),
      let deviceID = USBTransfer(context, capacity: answer),
      let status = USBTransfer(context, capacity: USBTransfer.setup_bytes + 1),
      let reset = USBTransfer(context, capacity: USBTransfer.setup_bytes)
    else { return nil }
    self.device = device
    self.out = out
    self.deviceID = deviceID
    self.status = status
    self.reset = reset
    identity = device.candidate.identity
    reader = USBReader(loop: loop, context: context, device: device)
    reader?.onEnded = { [weak self] in self?.settle() }
  }

  var isSending: Bool { out.isBusy }
  /// What is sent meanwhile would be emptied out as well, or not.
  var isResetting: Bool { reset.isBusy }

  /// A transfer is still with libusb: the device must not be closed yet.
  var isBusy: Bool {
    [out, deviceID, status, reset].contains { $0.isBusy } || reader?.isBusy == true
  }

  /// Sends the first `send_max` of the bytes; a libusb code other than 0 when that was refused.
  func send(_ bytes: ArraySlice<UInt8>, _ onDone: @escaping (TransferResult) -> Void) -> CInt {
    guard let endpoint = device.interface.bulkOut else { return -1 }
    let result = out.send(bytes.prefix(Self.send_max), to: endpoint, of: device.handle) {
      [weak self] in
      onDone($0)
      self?.settle()
    }
    if result == 0 { reader?.expectAnswer() }
    return result
  }

  func cancelSending() { out.cancel() }

  /// Asks what the printer calls itself, then goes on. A printer that does not answer is one too;
  /// `isThere` is false when it went.
  func identify(_ onDone: @escaping (_ isThere: Bool) -> Void) {
    let result = deviceID.request(
      .deviceID(device.interface), of: device.handle, timeout_ms: Self.request_ms_max
    ) { [weak self] result in
      guard let self else { return }
      if let id = DeviceID(result.bytes) { name(id) }
      if !isEnded { onDone(result.status != .gone) }
      settle()
    }
    if result != 0 { onDone(result != LIBUSB_ERROR_NO_DEVICE.rawValue) }
  }

  /// The names of the descriptor are for people too, and come first; many clones have none there.
  private func name(_ id: DeviceID) {
    let candidate = device.candidate
    guard candidate.manufacturer.isEmpty || candidate.product.isEmpty else { return }
    let names = [id.manufacturer, id.model].filter { !$0.isEmpty }.joined(separator: " ")
    let serial = candidate.serial.isEmpty ? id.serial : candidate.serial
    identity =
      "\(names) (\(candidate.ids))" + (serial.isEmpty ? "" : ", serial \(serial)")
      + ", USB \(candidate.port)"
  }

  /// Asks for GET_PORT_STATUS, unless an answer is on its way.
  func requestStatus(_ onStatus: @escaping (UInt8) -> Void) {
    guard !isEnded, !status.isBusy else { return }
    _ = status.request(
      .portStatus(device.interface), of: device.handle, timeout_ms: Self.request_ms_max
    ) { [weak self] result in
      guard let self else { return }
      if !isEnded, result.status == .completed, let byte = result.bytes.first { onStatus(byte) }
      settle()
    }
  }

  /// SOFT_RESET: empties the printer's buffers, keeps its address [USB printer class 1.1, 4.2.3].
  func softReset(_ onDone: @escaping () -> Void) {
    guard !isEnded, !reset.isBusy else { return }
    _ = reset.request(
      .softReset(device.interface), of: device.handle, timeout_ms: Self.request_ms_max
    ) { [weak self] _ in
      guard let self else { return }
      if !isEnded { onDone() }
      settle()
    }
  }

  /// Takes every transfer back; `onEnded` runs when libusb has none of them any more.
  func end(_ onEnded: @escaping () -> Void) {
    isEnded = true
    self.onEnded = onEnded
    reader?.end()
    for transfer in [out, deviceID, status, reset] { transfer.cancel() }
    settle()
  }

  /// Frees the transfers, none of which is in flight; before the device is closed.
  func free() {
    for transfer in [out, deviceID, status, reset] { transfer.free() }
    reader?.free()
  }

  private func settle() {
    guard isEnded, !isBusy, let onEnded else { return }
    self.onEnded = nil
    onEnded()
  }
}
