/// A name that a person wrote in a configuration: a node, counter, service, printer, sign….
/// 1 to 32 characters of `a-z A-Z 0-9 . _ -`, so that it needs no quoting in the line protocol,
/// in file names or in metrics. The tag keeps a counter from being passed where a sign is meant.
public struct Name<Tag>: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  public static var length_max: Int { 32 }

  /// nil when the text is empty, too long, or holds another character.
  public init?(_ text: String) {
    guard (1...Self.length_max).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    self.text = text
  }

  /// The same for the bytes of a text.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard Self.isName(bytes) else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// Whether these bytes are a name.
  public static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (1...length_max).contains(bytes.count) && bytes.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
  public var description: String { text }
}

public enum NodeTag {}
public enum BranchTag {}
public enum ServiceTag {}
public enum CounterTag {}
public enum TerminalTag {}
public enum PrinterTag {}
public enum SignTag {}
public enum ClerkTag {}
public enum QuestionTag {}
public enum ReasonTag {}

/// One kioskd: the box in a branch.
public typealias NodeID = Name<NodeTag>
public typealias BranchID = Name<BranchTag>
/// A queue that a customer picks.
public typealias ServiceID = Name<ServiceTag>
public typealias CounterID = Name<CounterTag>
public typealias TerminalID = Name<TerminalTag>
public typealias PrinterID = Name<PrinterTag>
public typealias SignID = Name<SignTag>
/// Somebody who logs on to a counter.
public typealias ClerkID = Name<ClerkTag>
/// What a customer rates, where a terminal asks more than one thing.
public typealias QuestionID = Name<QuestionTag>
/// Why a customer rated as she did.
public typealias ReasonID = Name<ReasonTag>

/// One life of a node's journal: milliseconds since 1970 at the moment when the journal directory
/// was made. A re-imaged box starts a new epoch, so that its sequence numbers can start at 1 again.
public typealias Epoch = UInt64

/// Number of a fact within an epoch, without gaps, from 1.
public typealias Seq = UInt64
