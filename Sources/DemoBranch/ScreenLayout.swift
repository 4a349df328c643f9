import Branch
import Configuration
import PrinterEmulator

struct ScreenSize: Equatable {
  var columns = 80
  var rows = 24
}

/// What the person at the keyboard did to the screen itself.
struct ScreenState {
  /// What the last key led to.
  var note = ""
  /// Which part of a ticket that is longer than the window is shown.
  var ticketPage = 0
  /// The printer whose ticket came last.
  var printer: PrinterID?
  var zoneOffsetSeconds: Int32 = 0
}

/// Puts the panels on a screen of any size: every row exactly as wide as the window.
struct ScreenLayout {
  /// Narrower windows have the ticket alone or the branch alone.
  static let bothColumns_min = 72
  static let branchColumns_min = 30
  /// A strip of this width has room for the QR symbol with its margin.
  static let paperColumns = 33

  let size: ScreenSize
  let configuration: NodeConfiguration
  let bindings: KeyBindings
  let picture: BranchPicture
  let state: ScreenState

  func rows() -> [String] {
    let help = helpRows
    // In a small window the branch is worth more than the keys.
    let foot = size.rows >= 4 * help.count ? [noteRow] + help : size.rows >= 8 ? [noteRow] : []
    let height = max(0, size.rows - 1 - foot.count)
    let all = [titleRow] + body(height: height) + foot
    return all.prefix(size.rows).map { TerminalText.fitted($0, to: size.columns) }
  }

  private var titleRow: String {
    let link = picture.isLinked ? "link up" : picture.isHubUp ? "link down" : "hub away"
    let title = " kioskd demo   \(configuration.branch.name)"
    let count = picture.store.facts.count
    let right = "\(link)   \(count) \(count == 1 ? "fact" : "facts") "
    let gap = size.columns - TerminalText.width(title) - TerminalText.width(right)
    let text = title + String(repeating: " ", count: max(2, gap)) + right
    return TerminalText.Style.bar.rawValue + text
  }

  private var helpRows: [String] {
    let items = bindings.help.map { TerminalText.styled($0.keys, .bold) + " " + $0.word }
    return TerminalText.flowed(items, gap: "  ", columns: size.columns - 2).map { " " + $0 }
  }

  private var noteRow: String { " " + TerminalText.styled(state.note, .dim) }

  private func body(height: Int) -> [String] {
    let ticket = TicketPanel(picture: picture, state: state)
    func branch(_ columns: Int) -> [String] {
      let panel = BranchPanel(
        configuration: configuration, picture: picture, state: state, columns: columns,
        height: height)
      return filled(panel.rows(), height)
    }
    guard size.columns >= Self.bothColumns_min else {
      // No room for both: the ticket's pages follow the branch's.
      return state.ticketPage == 0
        ? branch(size.columns)
        : filled(ticket.rows(height: height, page: state.ticketPage - 1), height)
    }
    let paper = filled(ticket.rows(height: height, page: state.ticketPage), height)
    let paperWidth = paper.reduce(Self.paperColumns + 4) { max($0, TerminalText.width($1)) }
    let branchWidth = size.columns - paperWidth - 3
    guard branchWidth >= Self.branchColumns_min else {
      return branch(size.columns)
    }
    return zip(paper, branch(branchWidth)).map {
      " " + TerminalText.fitted($0, to: paperWidth) + "  " + $1
    }
  }

  private func filled(_ rows: [String], _ height: Int) -> [String] {
    Array(rows.prefix(height)) + Array(repeating: "", count: max(0, height - rows.count))
  }
}

/// The last ticket that came out.
struct TicketPanel {
  let picture: BranchPicture
  let state: ScreenState

  /// One page of at most `height` rows; pages wrap around.
  func rows(height: Int, page: Int) -> [String] {
    let paper = self.paper
    guard paper.count > height, height > 0 else { return paper }
    // The foot with the QR symbol is the last page, whole where it can be.
    let pages = (paper.count + height - 1) / height
    let index = page % pages
    let start = index == pages - 1 ? paper.count - height : index * height
    return Array(paper[start..<start + height])
  }

  private var paper: [String] {
    let printer = state.printer.flatMap { picture.printers[$0] }
    guard let printer, let ticket = printer.tickets.last else {
      return ["", TerminalText.styled(" No ticket yet: press 1.", .dim)]
    }
    let plain = PaperRenderer.terminal(ticket, columns: ScreenLayout.paperColumns)
    let coloured = PaperRenderer.terminal(
      ticket, columns: ScreenLayout.paperColumns, ink: .coloured)
    // Paper fed for the cutter is not worth a row each; two blank ones are the margin of a symbol.
    let last = plain.dropLast().lastIndex { !Self.isBlank($0) } ?? 0
    return coloured.indices.filter { index in
      guard index <= last else { return index == plain.count - 1 }
      return index < 2 || !plain[index - 2...index].allSatisfy(Self.isBlank)
    }.map { coloured[$0] }
  }

  private static func isBlank(_ row: String) -> Bool {
    row.unicodeScalars.allSatisfy { $0 == " " || $0 == "│" }
  }
}
