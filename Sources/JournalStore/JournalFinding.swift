import Branch
import JournalFormat

/// Something in a journal that is not as it was written, and what became of it.
public struct JournalFinding: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// A write that never finished; cut. Never acknowledged.
    case tornTail = "torn-tail"
    /// One byte of a record changed and was set right by the checksum; nothing is lost.
    case mended
    /// Records were here; they are lost, those around them are not.
    case damage
    /// One copy of the header, or the empty space behind it; nothing is lost.
    case header
    /// Records are missing between this segment and the next.
    case missing
    /// The file is shorter than it was made.
    case shortened
    /// The disk would not give these bytes back.
    case unreadable
    /// A failed write that was repeated in the next segment. Nothing is lost.
    case superseded
    /// The disk would not write to the newest segment, which now stands in a new file. Nothing is
    /// lost.
    case rewritten
    /// Not a segment of this journal: another epoch, or renamed by hand.
    case foreign
  }

  public let kind: Kind
  /// File name within the directory.
  public let file: String
  /// Bytes in the file.
  public let bytes: Range<Int>
  /// Positions of the records that are lost; empty when none is known to be.
  public let positions: Range<UInt64>
  /// Name of the copy that was set aside, if one was.
  public internal(set) var setAside: String?

  init(
    _ kind: Kind, file: String, bytes: Range<Int> = 0..<0, positions: Range<UInt64> = 0..<0,
    setAside: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.bytes = bytes
    self.positions = positions
    self.setAside = setAside
  }

  /// Acknowledged records may be gone; a superseded write and a lost header copy cost nothing.
  public var isLoss: Bool {
    switch kind {
    case .damage, .missing, .unreadable, .shortened, .foreign: true
    case .tornTail, .mended, .header, .superseded, .rewritten: false
    }
  }

  public var problem: Problem {
    Problem(
      code: "journal-\(kind.rawValue)", what: "\(file): \(what)", cause: cause,
      cure: setAside.map { "\(cure) The file as it was is kept as \($0)." } ?? cure)
  }

  private var place: String { "bytes \(bytes.lowerBound) to \(bytes.upperBound)" }

  private var what: String {
    switch kind {
    case .tornTail: "the last write, \(bytes.count) bytes at \(bytes.lowerBound), is cut"
    case .mended: "byte \(bytes.lowerBound) had changed and was set right; nothing is lost"
    case .damage: "\(positions.count) records in \(place) are lost"
    case .header: "the header is damaged and was read from its second copy"
    case .missing: "\(positions.count) records after it are missing"
    case .shortened: "\(bytes.count) bytes are missing at its end"
    case .unreadable: "\(place) cannot be read"
    case .superseded: "\(bytes.count) bytes of a failed write were repeated in the next segment"
    case .rewritten: "was written anew; nothing is lost"
    case .foreign: "is not part of this journal"
    }
  }

  private var cause: String {
    switch kind {
    case .tornTail: "the power failed or the process was killed while it wrote"
    case .damage, .mended, .header: "bytes on the disk changed after they were written"
    case .missing: "a segment was removed, or its end was lost"
    case .shortened: "the file was cut, or copied while it was being made"
    case .unreadable: "the disk reports an error"
    case .superseded: "a write or flush failed earlier"
    case .rewritten: "the disk reported an error for a write or flush"
    case .foreign:
      "it has another epoch than the newest segment, another name than its header, "
        + "or cannot be opened"
    }
  }

  private var cure: String {
    switch kind {
    case .tornTail, .superseded: "Nothing to do."
    case .damage, .mended, .header, .unreadable, .rewritten:
      "Look at dmesg and the disk's SMART data; replace the disk if it happens again."
    case .missing, .shortened: "Put the file back from a copy if one exists."
    case .foreign: "Move it back to the journal that it comes from, or delete it."
    }
  }
}

/// What opening a journal found.
public struct RecoveryReport: Sendable, Hashable {
  public static let findings_max = 256

  public internal(set) var segments = 0
  public internal(set) var records = 0
  public internal(set) var facts = 0
  /// Highest number of a fact, 0 when there is none.
  public internal(set) var lastFactSeq: Seq = 0
  /// So many numbers behind the last fact or checkpoint may have been given to facts that are
  /// lost.
  public internal(set) var seqsInDoubt: UInt64 = 0
  public internal(set) var tornTail_bytes = 0
  /// In order of the log; at most `findings_max`.
  public internal(set) var findings: [JournalFinding] = []
  /// Findings beyond `findings_max`.
  public internal(set) var findingsOmitted = 0

  public init() {}

  /// The names of copies and files that were set aside.
  public var setAside: [String] { findings.compactMap(\.setAside) }
  public var hasLoss: Bool { findingsOmitted > 0 || findings.contains(where: \.isLoss) }

  mutating func add(_ finding: JournalFinding) {
    if finding.kind == .tornTail { tornTail_bytes += finding.bytes.count }
    if findings.count < Self.findings_max { findings.append(finding) } else { findingsOmitted += 1 }
  }
}
