public import Branch
import BranchCore
import Glibc
import JournalStore
import LinuxIO
import QueueProtocol

/// The kioskd that runs with a configuration, found by its journal.
public struct RunningNode: Hashable, Sendable {
  public let pid: Int
  /// As in /proc/PID/comm.
  public let name: String

  /// Of its journal; nil when this user may not read it.
  public var epoch: Epoch?

  public var description: String { "the running \(name) (process \(pid))" }

  /// nil when none runs, or when this user may not see it.
  public static func find(journal directory: String) -> RunningNode? {
    guard case .heldBy(let pid) = JournalUse.of(directory: directory) else { return nil }
    let records = try? JournalInspection.records(directory: directory)
    return RunningNode(
      pid: pid, name: SmallFile.text("/proc/\(pid)/comm") ?? "kioskd", epoch: records?.epoch)
  }

  /// Whether it has the node open: a character device, a FIFO or a file.
  public func holds(_ path: String) -> Bool { PathOpeners.has(pid: pid, open: path) }

  /// Whether its open files can be seen at all: by its own user and by root.
  public var isVisible: Bool { access("/proc/\(pid)/fd", R_OK | X_OK) == 0 }
}

/// Who has a path open, whatever it is: `DeviceHolder` knows character devices only.
public enum PathOpeners {
  /// Other processes of the name that have it open.
  public static func named(_ name: String, of path: String) -> [Int] {
    let own = Int(getpid())
    return SmallFile.entries("/proc").compactMap { Int($0) }.sorted().filter { pid in
      pid != own && SmallFile.text("/proc/\(pid)/comm") == name && has(pid: pid, open: path)
    }
  }

  static func has(pid: Int, open path: String) -> Bool {
    var wanted = stat()
    guard stat(path, &wanted) == 0 else { return false }
    let directory = "/proc/\(pid)/fd"
    return SmallFile.entries(directory).contains { entry in
      var open = stat()
      return stat(directory + "/" + entry, &open) == 0 && isSame(open, wanted)
    }
  }

  /// Two nodes of one device are the same thing; ptys of different containers share numbers.
  private static func isSame(_ one: stat, _ other: stat) -> Bool {
    if one.st_dev == other.st_dev, one.st_ino == other.st_ino { return true }
    let isPty = (136...143).contains((one.st_rdev >> 8) & 0xFFF)
    return one.st_mode & S_IFMT == S_IFCHR && other.st_mode & S_IFMT == S_IFCHR && !isPty
      && one.st_rdev == other.st_rdev
  }
}

/// What a running node last said of its devices, read from its journal: it holds them, so that
/// nobody else can ask them.
public struct NodeReport: Sendable {
  /// What is known of one device.
  public enum State: Hashable, Sendable {
    case well
    case conditions(Set<DeviceCondition>)
    case lost(reason: String)
  }

  public private(set) var devices: [String: State] = [:]
  /// For how many tickets the roll of each printer is good, where that is known.
  public var ticketsLeft: [String: Int] {
    memory.rolls.reduce(into: [:]) { $0[$1.key.text] = $1.value.ticketsLeft }
  }
  private var memory = NodeMemory()

  public init() {}

  /// Takes the facts of the journal in order.
  public mutating func note(_ fact: Fact) {
    if fact.kind == .nodeStarted { devices = [:] }
    guard let device = fact.device else { return }
    switch fact.kind {
    case .deviceFound: devices[device] = .well
    case .deviceLost: devices[device] = .lost(reason: fact.reason ?? "unknown")
    case .deviceCondition:
      let words = (fact.reason ?? "none").split(separator: ",")
      let conditions = Set(words.compactMap { DeviceCondition(rawValue: String($0)) })
      devices[device] = conditions.isEmpty ? .well : .conditions(conditions)
    default: break
    }
  }

  /// Takes the records of the journal in order.
  public mutating func note(_ record: DurableRecord) {
    _ = memory.apply(record)
    guard record.kind == .fact else { return }
    if let fact = try? Fact(parsing: record.payload) { note(fact) }
  }

  /// Reads the whole journal, beside its writer. May take as long as the disk needs: for a worker.
  public static func read(journal directory: String) -> NodeReport? {
    var report = NodeReport()
    do throws(JournalError) {
      var records = try JournalInspection.records(directory: directory)
      while let record = try records.next() {
        report.note(record.durable)
      }
      return report
    } catch {
      return nil
    }
  }
}
