/// An operating error, told to a person: what happened, why, and what to do next.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  /// One word for scripts and searches, `device-busy`.
  public let code: String
  public let what: String
  public let cause: String
  /// What a technician should do next; one sentence.
  public let cure: String

  public init(code: String, what: String, cause: String, cure: String) {
    self.code = code
    self.what = what
    self.cause = cause
    self.cure = cure
  }

  public var description: String { "\(what): \(cause) [\(code)]. \(cure)" }
}
