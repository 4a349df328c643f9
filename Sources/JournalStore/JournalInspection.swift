public import Branch
import Glibc
import JournalFormat

/// Looks at a journal without a lock and without changing anything: beside a running daemon, or at
/// a copy from a dead box.
public enum JournalInspection {
  public struct Report: Sendable, Hashable {
    public internal(set) var epoch: Epoch?
    public internal(set) var segments: [SegmentSummary] = []
    /// Counts and findings as an opening would have them.
    public internal(set) var contents = RecoveryReport()
    /// Copies that earlier starts set aside.
    public internal(set) var setAside: [String] = []
  }

  public struct SegmentSummary: Sendable, Hashable {
    public let file: String
    public let firstPosition: UInt64
    public let records: Int
    /// Lowest and highest number of the facts.
    public let facts: ClosedRange<Seq>?
    public let beginsWithCheckpoint: Bool
    /// Bytes in use, of `file_bytes`.
    public let used_bytes: Int
    public let file_bytes: Int
  }

  /// Reads everything. A daemon that writes meanwhile may show as a torn tail.
  public static func verify(
    directory: String, calls: any JournalSyscalls = LinuxJournalSyscalls()
  ) throws(JournalError) -> Report {
    let disk = JournalDisk(calls: calls, directory: directory)
    let survey = try JournalSurvey(disk)
    var report = Report()
    report.epoch = survey.segments.first?.name.epoch
    report.setAside = survey.setAside.sorted()
    for file in survey.foreign { report.contents.add(JournalFinding(.foreign, file: file)) }
    var walk = JournalWalk(survey, on: disk)
    var previous: SegmentWalker?
    while var walker = try walk.nextSegment(after: previous) {
      let summary = report.contents.count(&walker)
      report.segments.append(summary)
      for finding in walker.findings { report.contents.add(finding) }
      previous = walker
    }
    report.contents.segments = report.segments.count
    return report
  }

  /// All records of the journal in order, damage passed over, one segment in memory at a time.
  public static func records(
    directory: String, calls: any JournalSyscalls = LinuxJournalSyscalls()
  ) throws(JournalError) -> Records {
    let disk = JournalDisk(calls: calls, directory: directory)
    return Records(try JournalSurvey(disk), on: disk)
  }

  /// The problem of a directory without segments: an empty one is no sound journal, most likely
  /// the path is wrong.
  public static func absent(_ directory: String) -> Problem {
    Problem(
      code: "no-journal", what: "\(directory) holds no journal", cause: "it has no segment files",
      cure: "Give the directory that stands under journal.directory of the configuration, or the "
        + "--data of queuehub.")
  }

  public struct Records {
    private var walk: JournalWalk
    private var walker: SegmentWalker?
    /// What was found wrong in what was read so far; whole when `next` has given nil. Only its
    /// findings are filled.
    public private(set) var report = RecoveryReport()
    /// Of the journal; nil when there is not one segment.
    public var epoch: Epoch? { walk.entries.first?.name.epoch }
    /// There is not one segment.
    public var isAbsent: Bool { walk.entries.isEmpty && report.findings.isEmpty }

    init(_ survey: JournalSurvey, on disk: JournalDisk) {
      walk = JournalWalk(survey, on: disk)
      for file in survey.foreign { report.add(JournalFinding(.foreign, file: file)) }
    }

    /// The next record, nil at the end.
    public mutating func next() throws(JournalError) -> JournalRecord? {
      while true {
        if let record = walker?.next() { return record }
        let following = try walk.nextSegment(after: walker)
        for finding in walker?.findings ?? [] { report.add(finding) }
        walker = following
        if walker == nil { return nil }
      }
    }
  }
}

extension RecoveryReport {
  /// Reads a segment to its end and adds what it holds to the counts.
  fileprivate mutating func count(
    _ walker: inout SegmentWalker
  ) -> JournalInspection.SegmentSummary {
    var count = 0
    var numbers: ClosedRange<Seq>?
    while let record = walker.next() {
      count += 1
      guard record.kind == .fact else { continue }
      facts += 1
      lastFactSeq = max(lastFactSeq, record.seq)
      let before = numbers ?? record.seq...record.seq
      numbers = min(before.lowerBound, record.seq)...max(before.upperBound, record.seq)
    }
    records += count
    let segment = walker.segment
    return JournalInspection.SegmentSummary(
      file: segment.name.file, firstPosition: segment.firstPosition, records: count,
      facts: numbers, beginsWithCheckpoint: segment.beginsWithCheckpoint,
      used_bytes: segment.end, file_bytes: segment.file_bytes)
  }
}
