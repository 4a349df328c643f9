public import Branch
import Glibc

/// Who may open a device node, and what a technician does when this user may not.
public struct NodeAccess: Hashable, Sendable {
  public let path: String
  /// The permission bits, `0o660`.
  public let mode: UInt32
  public let owner: String
  public let group: String
  /// The user that this process runs as.
  public let user: String
  /// This process may read and write it.
  public let isAllowed: Bool
  /// /etc/group lists the user in the node's group, whether or not this process has it yet.
  public let isListedInGroup: Bool

  public init(
    path: String, mode: UInt32, owner: String, group: String, user: String, isAllowed: Bool,
    isListedInGroup: Bool
  ) {
    self.path = path
    self.mode = mode
    self.owner = owner
    self.group = group
    self.user = user
    self.isAllowed = isAllowed
    self.isListedInGroup = isListedInGroup
  }

  /// Looks at a node; nil when it does not exist.
  public static func check(_ path: String, accounts: Accounts = Accounts()) -> NodeAccess? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let user = accounts.user(geteuid())
    // The effective ids decide about open(2); access(2) would ask the real ones.
    let isAllowed = faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0
    return NodeAccess(
      path: path, mode: UInt32(status.st_mode & 0o7777), owner: accounts.user(status.st_uid),
      group: accounts.group(status.st_gid), user: user, isAllowed: isAllowed,
      isListedInGroup: accounts.isListed(user, in: status.st_gid))
  }

  private var groupHasBoth: Bool { mode & 0o060 == 0o060 }

  /// `root:lp 0660`.
  public var ownership: String { "\(owner):\(group) \(Self.octal(mode))" }

  static func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// What a technician should do next; nil when the node may be opened. Never `chmod 666`: that
  /// gives every program of the box the printer, and is gone at the next plug anyway.
  public var cure: String? {
    if isAllowed { return nil }
    if isListedInGroup, groupHasBoth {
      return "\(user) is in group \(group) since the program started: restart kioskd."
    }
    if groupHasBoth, group != "root" {
      return "Run `sudo usermod -aG \(group) \(user)`, then restart kioskd."
    }
    // A FIFO, a file or a directory: udev knows nothing of it.
    if !path.hasPrefix("/dev/") { return "Run `sudo chown \(user) \(path)`." }
    return "Install kioskd's udev rules (Systemd/) into /etc/udev/rules.d, run "
      + "`sudo udevadm control --reload && sudo udevadm trigger`, and plug the device again."
  }

  /// The refusal as a problem; nil when the node may be opened.
  public var problem: Problem? {
    guard let cure else { return nil }
    return Problem(
      code: "access-denied", what: "\(path) may not be opened by \(user)",
      cause: "the node belongs to \(ownership)", cure: cure)
  }
}

/// Names of users and groups as /etc/passwd and /etc/group give them. Read by hand and not with
/// getpwuid(3): that may ask a directory server over the network, on the event loop's thread.
public struct Accounts: Sendable {
  private let passwd: [[Substring]]
  private let groups: [[Substring]]

  /// Content of passwd(5) and group(5).
  public init(passwd: String, group: String) {
    self.passwd = Self.rows(passwd)
    self.groups = Self.rows(group)
  }

  public init() {
    self.init(
      passwd: SmallFile.text("/etc/passwd") ?? "", group: SmallFile.text("/etc/group") ?? "")
  }

  private static func rows(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
  }

  /// The name, or the number where it has none here.
  public func user(_ id: UInt32) -> String { name(id, in: passwd) }
  public func group(_ id: UInt32) -> String { name(id, in: groups) }

  private func name(_ id: UInt32, in rows: [[Substring]]) -> String {
    let row = rows.first { $0.count > 2 && UInt32($0[2]) == id }
    return row.map { String($0[0]) } ?? String(id)
  }

  /// The user is a member of the group by /etc/group, or by the group in its passwd line.
  public func isListed(_ user: String, in group: UInt32) -> Bool {
    let isMember = groups.contains { row in
      row.count > 3 && UInt32(row[2]) == group
        && row[3].split(separator: ",").contains { $0 == user }
    }
    let isPrimary = passwd.contains { row in
      row.count > 3 && row[0] == user && UInt32(row[3]) == group
    }
    return isMember || isPrimary
  }
}
