import Branch
import Configuration
import DeviceInventory
import DeviceProfiles
import Glibc
import LinuxIO
import NodeRuntime
import PathPrinter

extension Doctor {
  func check(_ printer: PrinterConfiguration) {
    let id = printer.id.text
    let profile = printer.profile.id.text
    let paths = PrinterPaths.of(printer.device)
    // A file is open only while a ticket is written to it: nothing follows from its being closed.
    let remarked = paths.filter { PathKind($0) != .file }
    if let node, paths.contains(where: node.holds), !printer.device.isShared {
      return judgeHeld(.printer, id, profile, node)
    }
    if case .path(let path, createsFile: true) = printer.device, PathKind(path) == .absent,
      PrinterPaths.isFileToBeMade(path)
    {
      return add(CheckLine(.printer, id, fine: "\(profile) at \(path): a file that will be made"))
    }
    let slot = open(
      late: CheckLine(.printer, id, about: profile, wrong: PrinterProblems.notOpened))
    let plan = PrinterTrialPlan(
      profile: printer.profile, device: printer.device, confirmation: printer.confirm)
    let run = PrinterTrialRun(
      loop: loop, plan: plan, ticket: nil,
      makePort: { [loop, configuration] onEvent in
        // Nobody asked the doctor to make anything.
        if case .path(let path, _) = printer.device {
          return PathPrinter(loop: loop, path: path, onEvent: onEvent)
        }
        return NodeTransports.printer(
          printer, node: configuration.node, loop: loop, onEvent: onEvent)
      },
      onEnd: { [unowned self] trial in
        let remark = printer.device.following + remark(remarked)
        close(slot, line(printer.id, profile, trial, remark))
      })
    keep(run) { run.close() }
    run.start()
  }

  private func line(_ id: PrinterID, _ profile: String, _ trial: PrinterTrial, _ remark: String)
    -> CheckLine
  {
    let about = trial.identity.isEmpty ? profile : "\(profile) at \(trial.identity)"
    switch trial.outcome {
    case .usable(.told(let conditions)) where conditions.isEmpty:
      return CheckLine(.printer, id.text, fine: "\(about): ready\(remark)")
    case .usable(.told(let conditions)):
      let text = PrinterProblems.text(conditions)
      return CheckLine(.printer, id.text, fine: "\(about): ready, but \(text)\(remark)")
    case .usable(.openedOnly):
      return CheckLine(
        .printer, id.text, fine: "\(about): opened; it cannot tell how it is\(remark)")
    case .unusable(let problem), .failed(let problem):
      return CheckLine(.printer, id.text, about: about, wrong: explained(problem))
    case .printed, .unconfirmed, nil: preconditionFailure("a trial without a ticket prints none")
    }
  }
}

extension PrinterDevice {
  /// Several programs can use it at a time: a queue, a file, a FIFO.
  var isShared: Bool {
    switch self {
    case .usb: false
    case .cups: true
    case .path(let path, _): PathKind(path) != .device
    }
  }
}

extension PrinterDevice {
  /// `, followed by events`; empty where jobs are not followed.
  fileprivate var following: String {
    if case .cups(let queue) = self { ", " + NodeTransports.following(queue) } else { "" }
  }
}

/// The nodes behind a configured printer.
enum PrinterPaths {
  static func of(_ device: PrinterDevice) -> [String] {
    switch device {
    case .cups: []
    case .path(let path, _): [path]
    case .usb(let selector): DeviceInventory().devices().filter(selector.fits).flatMap(\.usbNodes)
    }
  }

  /// Where `createFile` says so, kioskd makes a file, but never among devices.
  static func isFileToBeMade(_ path: String) -> Bool {
    let parent = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    guard let place = resolvedPath(parent).map({ $0 + "/" }) else { return false }
    let holdsDevices =
      ["/dev/", "/sys/", "/proc/"].contains { place.hasPrefix($0) } && !place.hasPrefix("/dev/shm/")
    return !holdsDevices && faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0
  }
}

extension USBSelector {
  func fits(_ device: FoundDevice) -> Bool {
    switch self {
    case .serial(let serial): device.serial == serial
    case .port(let port): device.usbPort == port
    case .model(let model): device.ids == model.description
    case .any: device.kind == .printer
    }
  }
}

extension FoundDevice {
  /// What libusb opens.
  var usbNodes: [String] { nodes.map(\.path).filter { $0.contains("/bus/usb/") } }
}
