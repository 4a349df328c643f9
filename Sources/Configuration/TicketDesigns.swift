public import PositionedJSON
public import TicketTemplates

extension NodeConfiguration {
  /// Paths of all templates that are named, each once.
  public var templateFiles: [String] {
    Set(printers.compactMap(\.template) + [tickets.template].compactMap { $0 }).sorted()
  }

  /// The design of a printer's tickets; nil for the layout in the program, also when the template
  /// has mistakes: a plain ticket is better than none.
  public func design(of printer: PrinterConfiguration) -> TicketTemplate? {
    (printer.template ?? tickets.template).flatMap { designs[$0] }
  }
}

extension ConfigurationFile {
  /// Logos that are wider than the paper of a printer that is to print them: it would leave them
  /// out on each ticket.
  public func logoMistakes(_ configuration: NodeConfiguration) -> [Diagnostic] {
    configuration.printers.enumerated().compactMap { index, printer in
      // Font A has 12 dots a column.
      let width_px = printer.profile.width_pixels ?? printer.profile.columns * 12
      let logos = configuration.design(of: printer)?.logos ?? []
      guard let wide = logos.first(where: { $0.raster.width_px > width_px }) else { return nil }
      let keys = printer.template == nil ? ["tickets"] : ["printers", String(index)]
      return mistake(
        at: keys + ["template"], code: "logo-too-wide",
        message: "its logo has \(wide.raster.width_px) dots in width, and the paper of the printer "
          + "\(quoted(printer.id.text)) \(width_px)",
        cure: "Give the logo a smaller \"width\", or the printer a template of its own.")
    }
  }

  /// Languages that are asked for and that a template does not speak.
  public func languageMistakes(_ configuration: NodeConfiguration) -> [Diagnostic] {
    var asked: [(keys: [String], code: String)] = []
    if let code = configuration.tickets.language { asked.append((["tickets", "language"], code)) }
    for (index, service) in configuration.services.enumerated() {
      if let code = service.language {
        asked.append((["services", String(index), "language"], code))
      }
    }
    return asked.compactMap { keys, code in
      let mute = configuration.designs.sorted { $0.key < $1.key }.first { !$0.value.speaks(code) }
      guard let (file, template) = mute else { return nil }
      return mistake(
        at: keys, code: "unknown-language", message: "\(file) has no texts in \(quoted(code))",
        cure: "Use one of: \(template.languageCodes.joined(separator: ", ")).")
    }
  }
}
