import Branch
import BranchCore
import Configuration
import QueueEngine

/// Signs, queue, devices, link and the last facts, one below the other.
struct BranchPanel {
  private static let nameColumns = 11

  let configuration: NodeConfiguration
  let picture: BranchPicture
  let state: ScreenState

  func rows(columns: Int, height: Int) -> [String] {
    let head =
      heading("SIGNS", columns) + signs + heading("QUEUE", columns) + queue(columns)
      + heading("DEVICES", columns) + devices(columns) + heading("FACTS", columns)
    let room = max(0, height - head.count)
    return head + facts(room)
  }

  private func heading(_ text: String, _ columns: Int) -> [String] {
    let rule = String(repeating: "─", count: max(0, columns - text.count - 1))
    return [TerminalText.styled(text, .heading) + " " + TerminalText.styled(rule, .dim)]
  }

  private func name(_ text: String) -> String {
    TerminalText.fitted(text, to: Self.nameColumns) + " "
  }

  // MARK: signs

  private var signs: [String] {
    configuration.signs.map { sign in
      guard let shown = picture.signs[sign.id], shown.isPlugged else {
        return name(sign.id.text) + TerminalText.styled("unplugged", .bad)
      }
      let text = TerminalText.fitted(shown.text ?? "", to: shown.columns)
      let face = text.replacing(TerminalText.off, with: "")
      return name(sign.id.text) + TerminalText.styled(" \(face) ", .led)
    }
  }

  // MARK: queue

  private func queue(_ columns: Int) -> [String] {
    let services = configuration.services.map { service in
      let waiting = picture.queue?.services[service.id]?.waiting.map(\.key.ticket.description) ?? []
      let room = max(1, (columns - Self.nameColumns - 6) / 5)
      let more = waiting.count > room ? " +\(waiting.count - room)" : ""
      let list = waiting.prefix(room).joined(separator: " ") + more
      return name("\(service.prefix) \(service.name)")
        + (waiting.isEmpty ? TerminalText.styled("nobody waits", .dim) : list)
    }
    let counters = configuration.counters.map { counter in
      let serving = picture.queue?.counters[counter.id]?.serving?.key.ticket
      return name("counter \(counter.id)")
        + (serving.map { TerminalText.styled($0.description, .bold) }
          ?? TerminalText.styled("free", .dim))
    }
    return services + counters
  }

  // MARK: devices

  private func devices(_ columns: Int) -> [String] {
    printers + [link] + lamps(columns)
  }

  private var printers: [String] {
    configuration.printers.compactMap { printer in
      guard let shown = picture.printers[printer.id] else { return nil }
      let state =
        !shown.isPlugged
        ? TerminalText.styled("unplugged", .bad)
        : shown.hasPaper
          ? TerminalText.styled("ready", .good) : TerminalText.styled("no paper", .bad)
      return name(printer.id.text) + state + ", \(shown.tickets.count) tickets"
    }
  }

  private var link: String {
    let waiting = picture.undelivered
    let line =
      picture.isLinked
      ? TerminalText.styled("up", .good)
      : TerminalText.styled(picture.isHubUp ? "down" : "down, hub away", .bad)
    return name("link") + line + (waiting > 0 ? ", \(waiting) facts wait" : "")
  }

  /// Each terminal with its lamp: green for done, red for refused.
  private func lamps(_ columns: Int) -> [String] {
    var rows: [String] = []
    var row = ""
    for terminal in configuration.terminals {
      guard let shown = picture.terminals[terminal.id] else { continue }
      let lit = shown.answer.lit
      let lamp =
        lit.contains(.error)
        ? TerminalText.styled("●", .bad)
        : lit.contains(.ok) ? TerminalText.styled("●", .good) : TerminalText.styled("○", .dim)
      let text = "\(lamp) \(terminal.id)"
      let joined = row.isEmpty ? text : row + "  " + text
      if !row.isEmpty, TerminalText.width(joined) > columns {
        rows.append(row)
        row = text
      } else {
        row = joined
      }
    }
    return rows + [row]
  }

  // MARK: facts

  private func facts(_ room: Int) -> [String] {
    picture.store.facts.suffix(room).map { stored in
      let fact = stored.fact
      let local = LocalTime(fact.at, zoneOffsetSeconds: state.zoneOffsetSeconds)
      let seconds = padded(Int(local.msOfDay / 1000 % 60), to: 2)
      let parts = [
        fact.ticket?.description, fact.device ?? fact.terminal?.text,
        fact.counter.map { "counter \($0)" }, fact.rating.map { "\($0) of 5" }, fact.reason,
      ]
      let rest = parts.compactMap { $0 }.joined(separator: " ")
      let time = TerminalText.styled("\(local.hourMinute):\(seconds)", .dim)
      return "\(time) \(fact.kind.rawValue) \(rest)"
    }
  }
}
