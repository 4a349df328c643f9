import CLibUSB

/// How a transfer ended.
struct TransferResult {
  enum Status: Equatable {
    case completed
    case cancelled
    case timedOut
    /// The endpoint is halted and has to be cleared.
    case stalled
    /// The device is gone.
    case gone
    /// Noise on the line, or more bytes than asked for.
    case failed(String)
  }
  let status: Status
  /// Bytes that moved, whatever the status: a cancelled or torn transfer may have moved some.
  let count: Int
  /// What came in; empty for the other direction.
  let bytes: [UInt8]
}

/// One libusb transfer and its buffer, used again and again. While it is in flight libusb holds
/// it (and it holds itself); it is freed only after its callback has run, and before its device is
/// closed: libusb_free_transfer looks into the handle that the transfer last went to.
final class USBTransfer {
  private let context: USBContext
  private let transfer: UnsafeMutablePointer<libusb_transfer>
  private let buffer: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var isFlying = false
  private var isFreed = false
  private var onDone: ((TransferResult) -> Void)?

  /// The setup packet in front of a control transfer [USB 2.0, 9.3].
  static let setup_bytes = 8

  /// In flight, or back and not yet told of.
  var isBusy: Bool { onDone != nil }

  /// nil when there is no memory for it.
  init?(_ context: USBContext, capacity: Int) {
    guard let transfer = libusb_alloc_transfer(0) else { return nil }
    self.context = context
    self.transfer = transfer
    self.capacity = capacity
    buffer = .allocate(capacity: capacity)
    buffer.initialize(repeating: 0, count: capacity)
  }

  deinit { free() }

  /// Frees what libusb knows of it; to be called before the device is closed.
  func free() {
    precondition(!isFlying, "a transfer in flight was let go")
    guard !isFreed else { return }
    isFreed = true
    libusb_free_transfer(transfer)
    buffer.deallocate()
  }

  /// Sends bytes, at most `capacity`. Without a time limit: a printer out of paper takes nothing
  /// for as long as it likes, and it is the owner of the job who decides when that is too long.
  func send(
    _ bytes: ArraySlice<UInt8>, to endpoint: UInt8, of handle: OpaquePointer,
    _ onDone: @escaping (TransferResult) -> Void
  ) -> CInt {
    precondition(bytes.count <= capacity)
    bytes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { buffer.update(from: base, count: source.count) }
    }
    libusb_fill_bulk_transfer(
      transfer, handle, endpoint, buffer, CInt(bytes.count), Self.callback, nil, 0)
    return submit(onDone)
  }

  /// Receives what comes next. `capacity` is a multiple of the packet size, or a long packet
  /// would be an overflow.
  func receive(
    from endpoint: UInt8, of handle: OpaquePointer, _ onDone: @escaping (TransferResult) -> Void
  ) -> CInt {
    libusb_fill_bulk_transfer(
      transfer, handle, endpoint, buffer, CInt(capacity), Self.callback, nil, 0)
    return submit(onDone)
  }

  /// A class request; `length` bytes are asked for or nothing is sent.
  func request(
    _ request: PrinterRequest, of handle: OpaquePointer, timeout_ms: UInt32,
    _ onDone: @escaping (TransferResult) -> Void
  ) -> CInt {
    precondition(Self.setup_bytes + Int(request.length) <= capacity)
    libusb_fill_control_setup(
      buffer, request.type, request.code, request.value, request.index, request.length)
    libusb_fill_control_transfer(transfer, handle, buffer, Self.callback, nil, timeout_ms)
    return submit(onDone)
  }

  /// Asks for it back; the callback comes all the same, and tells how much had moved.
  func cancel() {
    // LIBUSB_ERROR_NOT_FOUND: it is done already and its callback is on the way.
    if isFlying { _ = libusb_cancel_transfer(transfer) }
  }

  private func submit(_ onDone: @escaping (TransferResult) -> Void) -> CInt {
    precondition(!isBusy && !isFreed)
    self.onDone = onDone
    // Retained by libusb from here until the callback gives the reference back.
    let reference = Unmanaged.passRetained(self)
    transfer.pointee.user_data = reference.toOpaque()
    isFlying = true
    let result = libusb_submit_transfer(transfer)
    if result != 0 {
      isFlying = false
      self.onDone = nil
      reference.release()
    }
    context.armTimeout()
    return result
  }

  private static let callback: libusb_transfer_cb_fn = { pointer in
    guard let reference = pointer?.pointee.user_data else { return }
    let transfer = Unmanaged<USBTransfer>.fromOpaque(reference).takeRetainedValue()
    transfer.isFlying = false
    transfer.context.complete(transfer)
  }

  /// Tells the owner; called by the context when libusb has returned.
  func deliver() {
    guard let onDone else { return }
    self.onDone = nil
    onDone(result)
  }

  private var result: TransferResult {
    let count = Int(transfer.pointee.actual_length)
    let isControl = transfer.pointee.type == UInt8(LIBUSB_TRANSFER_TYPE_CONTROL.rawValue)
    let isIn =
      isControl ? buffer[0] & 0x80 != 0 : transfer.pointee.endpoint & 0x80 != 0
    let start = isControl ? Self.setup_bytes : 0
    let bytes =
      isIn ? Array(UnsafeBufferPointer(start: buffer + start, count: count)) : []
    return TransferResult(status: status, count: count, bytes: bytes)
  }

  private var status: TransferResult.Status {
    switch transfer.pointee.status {
    case LIBUSB_TRANSFER_COMPLETED: .completed
    case LIBUSB_TRANSFER_CANCELLED: .cancelled
    case LIBUSB_TRANSFER_TIMED_OUT: .timedOut
    case LIBUSB_TRANSFER_STALL: .stalled
    case LIBUSB_TRANSFER_NO_DEVICE: .gone
    case LIBUSB_TRANSFER_OVERFLOW: .failed("the device sent more than a packet")
    default: .failed("noise or no answer on the bus")
    }
  }
}

/// A request of the printer class [USB printer class 1.1, 4.2].
struct PrinterRequest {
  let type: UInt8
  let code: UInt8
  let value: UInt16
  let index: UInt16
  let length: UInt16

  static let deviceID_max: UInt16 = 1024

  /// Request type: 0xA1 device to host, class, interface; 0x21 host to device.
  static func deviceID(_ interface: PrinterInterface) -> PrinterRequest {
    // Unlike in every other request, the interface stands in the high byte of wIndex.
    PrinterRequest(
      type: 0xA1, code: 0, value: 0,
      index: UInt16(interface.number) << 8 | UInt16(interface.alternate), length: deviceID_max)
  }

  static func portStatus(_ interface: PrinterInterface) -> PrinterRequest {
    PrinterRequest(type: 0xA1, code: 1, value: 0, index: UInt16(interface.number), length: 1)
  }

  static func softReset(_ interface: PrinterInterface) -> PrinterRequest {
    PrinterRequest(type: 0x21, code: 2, value: 0, index: UInt16(interface.number), length: 0)
  }
}
