import Glibc

/// How many descriptors this process may have open (getrlimit(2), RLIMIT_NOFILE).
public enum DescriptorLimit {
  /// What is counted with when the kernel does not say: the soft limit that Linux starts with.
  static let standard = 1024

  /// The soft limit, which is the one that counts.
  public static var current: Int { read().map { count($0.rlim_cur) } ?? standard }

  /// Makes the soft limit as high as the hard one, which needs no privilege. Programs that use
  /// select(2) must not: its sets end at 1,024.
  /// - Returns: the limit from then on.
  @discardableResult
  public static func raise() -> Int {
    guard var limit = read(), limit.rlim_cur < limit.rlim_max else { return current }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return current
  }

  private static func read() -> rlimit? {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
  }

  /// RLIM_INFINITY does not fit.
  private static func count(_ limit: rlim_t) -> Int { Int(clamping: limit) }
}
