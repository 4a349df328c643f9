import Branch
import DeviceProfiles
import PositionedJSON
import TicketLayout

extension ConfigurationReader {
  func readPrinter(_ reader: ObjectReader) -> PrinterConfiguration? {
    let id = reader.required("id", example: "\"front\"")?.name(PrinterTag.self)
    let named = reader.required("profile", example: "\"generic-80mm\"")
    let profile = profile(named, .printer, profiles.printers)
    let device = readPrinterDevice(reader)
    let jobExpiry = reader.seconds(Settings.jobExpiry)
    let confirm = reader.seconds(Settings.confirm)
    let template = reader.optional("template")?.absolutePath()
    let roll_m = reader.optional("rollMetres")?.integer(in: Settings.roll_m)
    let presenting = readPresenting(reader.optional("present"), profile)
    guard let id, let profile, let device else { return nil }
    return PrinterConfiguration(
      id: id, profile: profile, device: device, jobExpiry: jobExpiry, confirm: confirm,
      template: template, roll_m: roll_m, presenting: presenting)
  }

  private func readPresenting(_ field: JSONField?, _ profile: PrinterProfile?) -> Presenting? {
    guard let field else { return nil }
    let read = field.object { reader in
      (
        length_mm: reader.integer(Settings.presentLength_mm),
        wait: reader.seconds(Settings.presentWait),
        end: reader.optional("then")?.choice(PresentEnd.self) ?? .retract
      )
    }
    guard let read, let profile else { return nil }
    guard let kind = profile.presenter else {
      field.report(
        code: "no-presenter", "no presenter of a \(profile.name) is known",
        cure: "Remove it, or state \"presenter\" in the profile.")
      return nil
    }
    return Presenting(
      kind, length_mm: read.length_mm, wait_s: Int(read.wait.ms / 1000), end: read.end)
  }

  private func readPrinterDevice(_ reader: ObjectReader) -> PrinterDevice? {
    let choice = reader.exactlyOne(of: ["usb", "cups", "path"], example: "\"usb\": {}")
    let creation = reader.optional("createFile")
    let createsFile = creation?.bool() ?? false
    guard let (key, field) = choice else { return nil }
    if key != "path" {
      creation?.report(
        code: "conflict", "only what \"path\" names can be a file", cure: "Remove it.")
    }
    switch key {
    case "usb":
      return field.object { self.readUSB($0) }.map { .usb($0) }
    case "cups":
      guard let queue = field.object(readCUPS) else { return nil }
      claim("CUPS queue \(queue.queue) at \(queue.server)", for: field)
      return .cups(queue)
    default:
      guard let path = field.absolutePath() else { return nil }
      claim(plainPath(path), for: field)
      return .path(path, createsFile: createsFile)
    }
  }

  private func readUSB(_ reader: ObjectReader) -> USBSelector? {
    guard reader.field.value.members?.isEmpty == false else { return .any }
    let keys = ["serial", "port", "vidpid"]
    guard let (key, field) = reader.exactlyOne(of: keys, example: "\"serial\": \"…\"") else {
      return nil
    }
    let selector: USBSelector? =
      switch key {
      case "serial": field.text(length: 1...126).map { .serial($0) }
      case "port": field.usbPort().map { .port($0) }
      default: field.usbModel().map { .model($0) }
      }
    if let selector { claim("USB printer \(selector)", for: field) }
    return selector
  }

  private func readCUPS(_ reader: ObjectReader) -> CUPSQueue? {
    let queue = reader.required("queue", example: "\"tickets\"")?.queueName()
    let server = reader.optional("server")?.cupsServer()
    let trust = reader.optional("trustCompleted")?.bool()
    let resumes = reader.optional("resume")?.bool()
    let feed = reader.optional("feed")?.absolutePath()
    return queue.map {
      CUPSQueue(
        queue: $0, server: server ?? CUPSQueue.server_standard, trustCompleted: trust ?? false,
        resumes: resumes ?? true, feed: feed ?? CUPSQueue.feed_standard)
    }
  }

  /// `"usb": {}` takes whatever USB printer is there, so that no other may be wanted.
  func checkAnyPrinterAlone(_ reader: ObjectReader) {
    let printers = (reader.optional("printers")?.value.elements ?? []).enumerated()
    let usb = printers.compactMap { index, printer in
      printer["usb"].map { (index, $0) }
    }
    guard usb.count > 1 else { return }
    for (index, value) in usb where value.members?.isEmpty == true {
      reader.field.findings.report(
        at: value.start, field: "printers[\(index)].usb", code: "doubled-device",
        message: "with \(usb.count) USB printers it is not clear which one is meant",
        cure: "Tell them apart by \"serial\", \"port\" or \"vidpid\".")
    }
  }
}
