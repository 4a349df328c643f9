import Glibc
import LinuxIO

/// Tells when cupsd has written an event of our subscription (`EventSubscription`) into its feed.
///
/// What cupsd offers and what of it is used, observed with CUPS 2.4.2 of Debian 12:
/// - The pull method `ippget` (RFC 3996) is there, but Get-Notifications never waits: with
///   `notify-wait` (RFC 3996, 5.1.3) it answers within a millisecond, with `notify-get-interval`
///   60 (30 for a printer at work, 10 for a job's own subscription). Too slow for a ticket.
/// - Of the notifiers that it ships (/usr/lib/cups/notifier) `dbus` needs a bus and a client for
///   it, `mailto` a mail server; `rss` writes a file below CacheDir/rss and renames it into place
///   at every event. inotify sees that 0.5 to 2 ms after the state changed, and some 15 ms after
///   it when the notifier, which ends itself after 30 s without events, has to be started again.
/// - CacheDir is open to root and the group `lp` only.
///
/// The file is only watched, never read: an event says that there is something to ask for.
final class EventFeed {
  /// CacheDir of Debian's cupsd, and the directory that the notifier `rss` writes to.
  static let directory_standard = "/var/cache/cups/rss"
  /// A name in a directory has at most 255 bytes, and the notifier puts `.N` behind it.
  static let name_max = 200

  private var watch: PathWatch?

  /// nil when the directory cannot be watched: another machine, no right, no notifier.
  init?(loop: EventLoop, directory: String, name: String, onEvent: @escaping () -> Void) {
    guard faccessat(AT_FDCWD, directory, R_OK | X_OK, AT_EACCESS) == 0 else { return nil }
    watch = try? PathWatch(loop: loop, path: directory + "/" + name, onChange: onEvent)
    guard watch?.isArmed == true else {
      close()
      return nil
    }
  }

  func close() {
    watch?.close()
    watch = nil
  }

  /// The file of one printer of one node. Bytes that mean something in a URI or a path become
  /// `_` and two digits.
  static func fileName(owner: String, queue: String) -> String {
    let plain = CUPSName.percentEncoded(owner) + "." + CUPSName.percentEncoded(queue)
    let safe = plain.utf8.map { $0 == UInt8(ascii: "%") ? UInt8(ascii: "_") : $0 }
    return "kioskd-" + String(decoding: safe.prefix(name_max), as: UTF8.self) + ".rss"
  }

  /// Only cupsd on this box writes where we can watch.
  static func isLocal(_ server: String) -> Bool {
    if server.hasPrefix("/") { return true }
    return ["localhost", "127.0.0.1", "[::1]"].contains {
      server == $0 || server.hasPrefix($0 + ":")
    }
  }
}

/// How the jobs of a queue are followed, in words for a technician.
public enum CUPSFollowing {
  /// `followed by events`, or by looks and why; as far as this user can tell.
  public static func describe(server: String, feed: String) -> String {
    guard EventFeed.isLocal(server) else {
      return "followed by looks, since the server is on another machine"
    }
    guard access(feed, F_OK) == 0 || errno == EACCES else {
      return "followed by looks, since there is no \(feed)"
    }
    guard faccessat(AT_FDCWD, feed, R_OK | X_OK, AT_EACCESS) == 0 else {
      return "followed by looks, since this user may not read \(feed) (group lp)"
    }
    return "followed by events"
  }
}

/// A connection that ends when the server does, watched while a job is open: a killed cupsd
/// sends no event.
final class Lifeline: Sendable {
  let descriptor: CInt

  /// nil when there are no more descriptors.
  init?(copyOf descriptor: CInt) {
    self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard self.descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }
}
