import CLibUSB

/// One alternate setting of an interface of class 7, with its bulk endpoints.
struct PrinterInterface: Equatable, Sendable {
  var number: UInt8
  var alternate: UInt8
  /// `bInterfaceProtocol` [USB printer class 1.1, 4.3]: 1 one way, 2 both ways, 3 IEEE 1284.4.
  var interfaceProtocol: UInt8
  /// Endpoint address, with the direction bit; nil: there is none.
  var bulkOut: UInt8?
  var bulkIn: UInt8?
  /// How many alternate settings the interface has, of any class.
  var alternates: Int

  /// Both ways before one way. 1284.4 comes last, because it wants packets around the bytes, and
  /// is tried only where nothing else is offered. Others (4 is IPP over USB) are never raw.
  private var rank: Int? {
    switch interfaceProtocol {
    case 2: bulkIn != nil ? 0 : 1
    case 1: 2
    case 3: 3
    default: nil
    }
  }

  static func best(of settings: [PrinterInterface]) -> PrinterInterface? {
    var best: (rank: Int, setting: PrinterInterface)?
    for setting in settings where setting.bulkOut != nil {
      guard let rank = setting.rank, rank < best?.rank ?? Int.max else { continue }
      best = (rank, setting)
    }
    return best?.setting
  }

  /// The settings of class 7 in a device's active configuration.
  static func all(of device: OpaquePointer?) -> [PrinterInterface] {
    var descriptor: UnsafeMutablePointer<libusb_config_descriptor>?
    guard libusb_get_active_config_descriptor(device, &descriptor) == 0, let descriptor
    else { return [] }
    defer { libusb_free_config_descriptor(descriptor) }
    let interfaces = UnsafeBufferPointer(
      start: descriptor.pointee.interface, count: Int(descriptor.pointee.bNumInterfaces))
    return interfaces.flatMap { interface -> [PrinterInterface] in
      let settings = UnsafeBufferPointer(
        start: interface.altsetting, count: Int(interface.num_altsetting))
      return settings.filter { UInt32($0.bInterfaceClass) == LIBUSB_CLASS_PRINTER.rawValue }
        .map { PrinterInterface($0, alternates: settings.count) }
    }
  }

  private init(_ setting: libusb_interface_descriptor, alternates: Int) {
    number = setting.bInterfaceNumber
    alternate = setting.bAlternateSetting
    interfaceProtocol = setting.bInterfaceProtocol
    self.alternates = alternates
    let endpoints = UnsafeBufferPointer(
      start: setting.endpoint, count: Int(setting.bNumEndpoints))
    for endpoint in endpoints
    // bmAttributes, bits 0 and 1: 2 is bulk [USB 2.0, table 9-13].
    where endpoint.bmAttributes & 0x03 == 2 {
      let isIn = endpoint.bEndpointAddress & 0x80 != 0
      if isIn, bulkIn == nil { bulkIn = endpoint.bEndpointAddress }
      if !isIn, bulkOut == nil { bulkOut = endpoint.bEndpointAddress }
    }
  }

  init(
    number: UInt8, alternate: UInt8, interfaceProtocol: UInt8, bulkOut: UInt8?, bulkIn: UInt8?,
    alternates: Int
  ) {
    self.number = number
    self.alternate = alternate
    self.interfaceProtocol = interfaceProtocol
    self.bulkOut = bulkOut
    self.bulkIn = bulkIn
    self.alternates = alternates
  }
}
