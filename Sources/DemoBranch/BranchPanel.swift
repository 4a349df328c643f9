import Branch
import BranchCore
import Configuration
import QueueEngine

/// Signs, queue, devices, link and the last facts, one below the other.
struct BranchPanel {
  /// Below this height headings give their rows to facts.
  private static let headings_min = 28
  private static let nameColumns = 11...26

  let configuration: NodeConfiguration
  let picture: BranchPicture
  let state: ScreenState
  let columns: Int
  let height: Int

  func rows() -> [String] {
    let isTall = height >= Self.headings_min
    let head =
      heading("SIGNS") + signs + (isTall ? heading("QUEUE") : []) + queue
      + (isTall ? heading("DEVICES") : []) + devices + heading("FACTS")
    return head + facts(max(0, height - head.count))
  }

  private func heading(_ text: String) -> [String] {
    let rule = String(repeating: "─", count: max(0, columns - text.count - 1))
    return [TerminalText.styled(text, .heading) + " " + TerminalText.styled(rule, .dim)]
  }

  /// The names have a column of their own, as wide as the window allows.
  private func name(_ text: String) -> String {
    let services = configuration.services.map { "\($0.prefix) \($0.name)" }
    let wanted = services.reduce(0) { max($0, TerminalText.width($1)) }
    let room = min(max(columns / 2 - 4, Self.nameColumns.lowerBound), Self.nameColumns.upperBound)
    return TerminalText.fitted(text, to: min(max(wanted, Self.nameColumns.lowerBound), room)) + " "
  }

  // MARK: signs

  private var signs: [String] {
    configuration.signs.map { sign in
      guard let shown = picture.signs[sign.id], shown.isPlugged else {
        return name(sign.id.text) + TerminalText.styled("unplugged", .bad)
      }
      let text = TerminalText.fitted(shown.text ?? "", to: shown.columns)
      let face = text.replacing(TerminalText.off, with: "")
      return name(sign.id.text)
        + TerminalText.led(" \(face) ", shown.colour, isFlashing: shown.isFlashing)
    }
  }

  // MARK: queue

  private var queue: [String] {
    let services = configuration.services.map { service in
      let waiting = picture.queue?.services[service.id]?.waiting.map(\.key.ticket.description) ?? []
      let name = name("\(service.prefix) \(service.name)")
      if waiting.isEmpty { return name + TerminalText.styled("nobody waits", .dim) }
      let room = max(1, (columns - TerminalText.width(name) - 4) / 5)
      let more = waiting.count > room ? " +\(waiting.count - room)" : ""
      return name + waiting.prefix(room).joined(separator: " ") + more
    }
    let counters = configuration.counters.map { counter in
      let serving = picture.queue?.counters[counter.id]?.serving?.key.ticket
      let text = serving.map { TerminalText.styled($0.description, .bold) }
      return "counter \(counter.id): " + (text ?? TerminalText.styled("free", .dim))
    }
    return services + TerminalText.flowed(counters, gap: "   ", columns: columns)
  }

  // MARK: devices

  private var devices: [String] {
    printers + [link] + TerminalText.flowed(lamps, gap: "  ", columns: columns)
  }

  private var printers: [String] {
    configuration.printers.compactMap { printer in
      guard let shown = picture.printers[printer.id] else { return nil }
      let state =
        !shown.isPlugged
        ? TerminalText.styled("unplugged", .bad)
        : shown.hasPaper
          ? TerminalText.styled("ready", .good) : TerminalText.styled("no paper", .bad)
      let count = shown.tickets.count
      return name(printer.id.text) + state + ", \(count) \(count == 1 ? "ticket" : "tickets")"
    }
  }

  private var link: String {
    let waiting = picture.undelivered
    let line =
      picture.isLinked
      ? TerminalText.styled("up", .good)
      : TerminalText.styled(picture.isHubUp ? "down" : "down, hub away", .bad)
    return name("link") + line
      + (waiting > 0 ? ", \(waiting) \(waiting == 1 ? "fact waits" : "facts wait")" : "")
  }

  /// Each terminal with its lamp: green for done, red for refused.
  private var lamps: [String] {
    configuration.terminals.compactMap { terminal in
      guard let lit = picture.terminals[terminal.id]?.answer.lit else { return nil }
      let lamp =
        lit.contains(.error)
        ? TerminalText.styled("●", .bad)
        : lit.contains(.ok) ? TerminalText.styled("●", .good) : TerminalText.styled("○", .dim)
      return "\(lamp) \(terminal.id)"
    }
  }

  // MARK: facts

  private func facts(_ room: Int) -> [String] {
    picture.store.facts.suffix(room).map { stored in
      let fact = stored.fact
      let local = LocalTime(fact.at, zoneOffsetSeconds: state.zoneOffsetSeconds)
      let seconds = padded(Int(local.msOfDay / 1000 % 60), to: 2)
      let parts = [
        fact.ticket?.description ?? fact.service?.text, fact.device ?? fact.terminal?.text,
        fact.counter.map { "counter \($0)" }, fact.rating.map { "\($0) of 5" },
        fact.more["corrects"] == nil ? nil : "instead", fact.reason,
      ]
      let rest = parts.compactMap { $0 }.joined(separator: " ")
      let time = TerminalText.styled("\(local.hourMinute):\(seconds)", .dim)
      return "\(time) \(fact.kind.rawValue) \(rest)"
    }
  }
}
