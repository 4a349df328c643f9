import Branch
import CLibUSB
import Glibc
import LinuxIO

/// A device that libusb knows by its descriptor. Closed by the loop only (`USBContext.close`):
/// libusb tells the loop of the descriptor as soon as it is wrapped, and closed by another thread
/// its number could be somebody else's before the loop forgets it.
///
/// @unchecked: libusb handles may be used from any thread (libusb, "Multi-threaded applications
/// and asynchronous I/O"); this one is the worker's until it is delivered, then the loop's, and
/// the worker's again only while the loop waits for its answer.
struct WrappedDevice: @unchecked Sendable {
  let handle: OpaquePointer
  /// Ours; libusb does not close what it wrapped.
  let descriptor: CInt
}

/// An opened and claimed printer.
struct OpenUSBDevice: Sendable {
  let wrapped: WrappedDevice
  let interface: PrinterInterface
  let candidate: USBCandidate
  var handle: OpaquePointer { wrapped.handle }
}

/// The calls of libusb that may wait for a device: they run on a worker's thread.
enum USBDoor {
  enum Task: Sendable {
    case open(USBCandidate, node: String, context: ContextReference)
    /// Clears a halted endpoint, in the device and in the host.
    case clearHalt(OpenUSBDevice, endpoint: UInt8)
    /// Gives the interface back to the kernel's driver.
    case release(OpenUSBDevice)
  }

  enum Outcome: Sendable {
    case opened(OpenUSBDevice)
    /// With what is left to be closed.
    case notOpened(Problem, WrappedDevice?)
    case cleared(endpoint: UInt8, isCleared: Bool)
    case released(OpenUSBDevice)
  }

  /// @unchecked: a libusb context is thread safe, and outlives the worker's tasks.
  struct ContextReference: @unchecked Sendable {
    let raw: OpaquePointer
  }

  @Sendable static func perform(_ task: Task) -> Outcome {
    switch task {
    case .open(let candidate, let node, let context):
      return open(candidate, node, context.raw)
    case .clearHalt(let device, let endpoint):
      let result = libusb_clear_halt(device.handle, endpoint)
      return .cleared(endpoint: endpoint, isCleared: result == 0)
    case .release(let device):
      release(device)
      return .released(device)
    }
  }

  static func release(_ device: OpenUSBDevice) {
    // With auto-detach on, this attaches usblp again; NO_DEVICE when it is gone.
    _ = libusb_release_interface(device.handle, CInt(device.interface.number))
  }

  private static func open(_ candidate: USBCandidate, _ node: String, _ context: OpaquePointer)
    -> Outcome
  {
    let descriptor: CInt
    do throws(SystemError) {
      descriptor = try SystemCall.open(node, O_RDWR).release()
    } catch {
      return .notOpened(USBProblem.opening(candidate, node, error), nil)
    }
    var handle: OpaquePointer?
    let result = libusb_wrap_sys_device(context, Int(descriptor), &handle)
    guard result == 0, let handle else {
      close(descriptor)
      return .notOpened(USBProblem.claiming(candidate, node, result), nil)
    }
    let wrapped = WrappedDevice(handle: handle, descriptor: descriptor)
    do throws(Problem) {
      let interface = try claim(handle, candidate, node)
      return .opened(
        OpenUSBDevice(wrapped: wrapped, interface: interface, candidate: candidate))
    } catch {
      return .notOpened(error, wrapped)
    }
  }

  private static func claim(_ handle: OpaquePointer, _ candidate: USBCandidate, _ node: String)
    throws(Problem) -> PrinterInterface
  {
    let device = libusb_get_device(handle)
    var descriptor = libusb_device_descriptor()
    // Between the look into sysfs and the open another device may have got this address.
    guard libusb_get_device_descriptor(device, &descriptor) == 0,
      descriptor.idVendor == candidate.vendorID, descriptor.idProduct == candidate.productID
    else { throw USBProblem.lost(candidate.identity, "another device took its address") }
    guard let interface = PrinterInterface.best(of: PrinterInterface.all(of: device)) else {
      throw USBProblem.noInterface(candidate)
    }
    // Takes the interface from usblp, in one step with the claim, and gives it back on release.
    _ = libusb_set_auto_detach_kernel_driver(handle, 1)
    let result = libusb_claim_interface(handle, CInt(interface.number))
    guard result == 0 else { throw USBProblem.claiming(candidate, node, result) }
    // Only where there is a choice: some printers lock up on a needless SET_INTERFACE.
    if interface.alternates > 1 {
      let result = libusb_set_interface_alt_setting(
        handle, CInt(interface.number), CInt(interface.alternate))
      guard result == 0 else {
        _ = libusb_release_interface(handle, CInt(interface.number))
        throw USBProblem.claiming(candidate, node, result)
      }
    }
    return interface
  }
}
