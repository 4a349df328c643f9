import Branch
import QueueProtocol

/// What tells one box from another and one run from the next, so that the copy of a disk is found
/// out before it does harm.
public struct BoxIdentity: Hashable, Sendable {
  /// Names one run of the kernel, 1 to 32 characters of a name.
  public var boot: String
  /// Names the hardware, as far as that is possible, in the same way.
  public var machine: String
  /// The pieces of the hardware that can be seen now: a network card that is dead, or late, makes
  /// no other box.
  public var parts: Set<HardwarePart>

  public static let parts_max = 8

  public init(boot: String, machine: String, parts: Set<HardwarePart> = []) {
    self.boot = boot
    self.machine = machine
    self.parts = parts
  }
}

/// A piece of hardware, by a name of at most 16 characters: `card-5d1c8e2f9a3b7c4d`.
public struct HardwarePart: Hashable, Comparable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// A network card: unlike disks, no two copies of a virtual machine share one.
    case card
    case disk
    case board
  }

  public var kind: Kind
  public var name: String

  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  init?(_ text: some StringProtocol) {
    let halves = text.split(separator: "-", maxSplits: 1)
    guard halves.count == 2, let kind = Kind(rawValue: String(halves[0])) else { return nil }
    self.init(kind, String(halves[1]))
  }

  public var description: String { "\(kind)-\(name)" }

  public static func < (left: Self, right: Self) -> Bool {
    left.description < right.description
  }
}

/// The hardware that wrote a journal.
struct KnownMachine: Hashable {
  var id: String
  var parts: [HardwarePart]

  /// Network cards decide when both have some, else whatever both have. Without anything to go by,
  /// nothing says that it is another.
  func isSame(as box: BoxIdentity) -> Bool {
    if id == box.machine { return true }
    if parts.isEmpty, box.parts.isEmpty { return false }
    for kind in HardwarePart.Kind.allCases {
      let known = Set(parts.filter { $0.kind == kind })
      let seen = box.parts.filter { $0.kind == kind }
      if !known.isEmpty, !seen.isEmpty { return !known.isDisjoint(with: seen) }
    }
    return true
  }

  /// With the pieces that are new; of too many, those go that were not seen for longest.
  func adding(_ seen: Set<HardwarePart>) -> KnownMachine {
    guard !seen.isSubset(of: parts) else { return self }
    let others = parts.filter { !seen.contains($0) }
    return KnownMachine(
      id: id, parts: Array((seen.sorted() + others).prefix(BoxIdentity.parts_max)))
  }

  var line: Line {
    Line(
      "MACHINE", [],
      [Field("id", id)]
        + (parts.isEmpty ? [] : [Field("parts", parts.map(\.description).joined(separator: ","))]))
  }
}

/// A start of the process, as its fact names it.
struct StartMark: Hashable {
  var seq: Seq
  var name: String
}

extension NodeMemory {
  /// Keeps the last start that the hub has and all behind it. Of too many, the middle goes: the hub
  /// then sees a full list and does not judge by it.
  mutating func note(start: StartMark) {
    if let last = starts.lastIndex(where: { $0.seq <= acknowledged }), last > 0 {
      starts.removeFirst(last)
    }
    starts.append(start)
    if starts.count > Hello.starts_max { starts.remove(at: 1) }
  }

  /// For a HELLO that sends facts from `next` on.
  func starts(from next: Seq) -> [String] {
    let before = starts.last { $0.seq < next }
    return ((before.map { [$0] } ?? []) + starts.filter { $0.seq >= next }).map(\.name)
  }

  /// What only this box needs to know: `MACHINE id=… parts=…,…`, `CLOCK boot=… offset=…`.
  mutating func apply(own line: Line) -> Bool {
    switch line.verb {
    case "MACHINE":
      guard let id = line["id"] else { return false }
      // The box that these numbers were given to may still run with the disk of which this one is
      // a copy. A gap in the numbers harms nobody, a number twice does.
      if let machine, machine.id != id { forgetNumbers() }
      machine = KnownMachine(
        id: id, parts: (line["parts"] ?? "").split(separator: ",").compactMap { HardwarePart($0) })
    case "CLOCK":
      guard let boot = line["boot"], let offset = line["offset"].flatMap(Int64.init) else {
        return false
      }
      clock = (boot, Span(ms: offset))
    case "ROLL": return apply(roll: line)
    case "RENUMBER": return applyRenumbering(line)
    case "RENUMBERING":
      guard let next = line["next"].flatMap(Seq.init), let last = line["last"].flatMap(Seq.init)
      else { return false }
      renumbering = Renumbering(next: next, last: last)
    default: return false
    }
    return true
  }
}

extension BranchCore {
  /// Journals that this hardware goes on with the journal.
  mutating func recordMachine() {
    guard let box = plan.identity else { return }
    let machine: KnownMachine
    if let known = memory.machine, known.isSame(as: box) {
      // Lines to the hub name the box as they did before.
      plan.identity?.machine = known.id
      machine = known.adding(box.parts)
    } else {
      if memory.machine != nil {
        log(
          .warning,
          "the journal comes from another box: numbers that were put by there are given up")
      }
      machine = KnownMachine(id: box.machine, parts: [])
        .adding(box.parts)
    }
    if machine != memory.machine { recordOwn(machine.line) }
  }

  /// Takes the hub's time, and keeps it for the next start under the same kernel.
  mutating func heardTime(_ hub: WallTime, _ now: Now) {
    guard let asked = uplink.askedAt else { return }
    clock.heard(hub, asked: asked, now: now.monotonic)
    guard let boot = plan.identity?.boot, let offset = clock.offset else { return }
    if let known = memory.clock, known.boot == boot,
      abs(known.offset.ms - offset.ms) <= ClockEstimate.slack.ms
    {
      return
    }
    recordOwn(
      Line("CLOCK", [], [Field("boot", boot), Field("offset", String(offset.ms))]))
    let box = Span(ms: now.box.ms - (now.monotonic.ms + offset.ms))
    if abs(box.ms) > ClockEstimate.slack.ms {
      log(.warning, "this box's clock is off by \(box.ms) ms; the hub's time is taken")
    }
  }

  mutating func recordOwn(_ line: Line) {
    output.records.append(DurableRecord(.local, payload: Array(line.encoded().dropLast())))
    _ = memory.apply(own: line)
  }

  /// The box's own clock where the fact's time is not that, and the clock that never jumps where
  /// the hub did not say its time yet and will have to work it out.
  func dated(_ fact: Fact) -> Fact {
    guard plan.identity != nil else { return fact }
    var fact = fact
    if clock.offset == nil {
      fact.more.append(Field("mono", String(max(0, time.monotonic.ms))))
    } else if fact.at != time.box, abs(fact.at.ms - time.box.ms) > ClockEstimate.slack.ms {
      fact.more.append(Field("wall", String(time.box.ms)))
    }
    return fact
  }
}
