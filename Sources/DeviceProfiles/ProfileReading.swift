import Branch
import PositionedJSON

/// What the head of a profile file says, whatever its kind.
struct ProfileHead {
  static let nameLength = 1...80
  static let sourceLength = 1...500
  static let facts_max = 64
  /// The source of every fact that has none of its own.
  static let anyFact = "*"
  /// Keys that name the profile and state no fact about the device.
  static let headKeys = ["kind", "name", "vendor", "sources"]

  let name: String?
  let vendor: String
}

extension ObjectReader {
  func profileHead() -> ProfileHead {
    ProfileHead(
      name: required("name", example: "\"Model as on its type plate\"")?
        .text(length: ProfileHead.nameLength),
      vendor: known("vendor")?.text(length: ProfileHead.nameLength) ?? "")
  }

  /// Every fact that is stated must say where it is known from. Called behind the other keys.
  func checkSources() {
    guard
      let sources = required("sources", example: "{\"*\": \"manual and page\"}")?
        .members(count_max: ProfileHead.facts_max)
    else { return }
    let facts = (field.value.members ?? []).filter { !ProfileHead.headKeys.contains($0.key) }
    for (member, source) in sources {
      _ = source.text(length: ProfileHead.sourceLength)
      if member.key != ProfileHead.anyFact, !facts.contains(where: { $0.key == member.key }) {
        source.findings.report(
          at: member.keyRange.start, field: source.path, code: "source-unused",
          message: "there is no fact \(quoted(member.key)) in this profile",
          cure: "Remove it, or state the fact; \"*\" stands for all facts without their own.")
      }
    }
    let sourced = Set(sources.map(\.member.key))
    guard !sourced.contains(ProfileHead.anyFact) else { return }
    for fact in facts where fact.value.content != .null && !sourced.contains(fact.key) {
      field.findings.report(
        at: fact.keyRange.start, field: fact.key, code: "source-missing",
        message: "nothing says where this is known from",
        cure: "Add \"\(fact.key)\": \"manual and page, or the observed device\" to \"sources\".")
    }
  }
}

extension JSONField {
  /// A list of distinct elements; doubled ones are reported.
  func distinct<Element: Hashable>(
    count_max: Int, _ read: (JSONField) -> Element?
  ) -> [Element] {
    var seen: Set<Element> = []
    var all: [Element] = []
    for field in elements(count_max: count_max) ?? [] {
      guard let element = read(field) else { continue }
      guard seen.insert(element).inserted else {
        field.report(
          code: "doubled", "this stands in the list already", cure: "Remove one of the two.")
        continue
      }
      all.append(element)
    }
    return all
  }

  /// `"04b8:0202"`.
  public func usbModel() -> USBModel? {
    guard let text = text(length: 1...40) else { return nil }
    if let model = USBModel(text) { return model }
    report(
      code: "usb-model", "\(quoted(text)) is no USB vendor and product id",
      cure: "Write it as lsusb shows it, \"04b8:0202\".")
    return nil
  }
}
