import CLinux
import Glibc

/// Tells when a path may have become usable: it, a missing parent or the target of a symbolic
/// link on the way appears, goes or is replaced, or its owner or mode changes (udev sets group and
/// mode after the kernel has made the node, so that the first open of a new device often fails).
///
/// Costs nothing while nothing happens: inotify(7) on only those directories that decide, which
/// are the one with the last name, those with a symbolic link in them, and the nearest existing
/// one in place of a missing one. A rename of a directory further up is not seen; owners that
/// cannot live with that add a slow timer.
///
/// Make the watch first and try to open after it, or the moment in between is lost.
public final class PathWatch {
  /// Symbolic links followed on one path; as in the kernel (path_resolution(7)).
  static let links_max = 40
  /// inotify reads for one wake-up; the rest comes with the next one.
  static let reads_max = 16
  /// How often a tree that changes under the walk is walked again at once.
  static let walks_max = 8

  public let path: String
  private let watchesContents: Bool
  private let loop: EventLoop
  private let onChange: () -> Void
  private var inotify: CInt
  private var registration: RegistrationID?
  private var watched: [CInt: Interest] = [:]
  /// false when a directory may not be watched (no read permission, the user's limit of watches):
  /// the owner then has to look from time to time by itself.
  public private(set) var isArmed = false

  /// - Parameters:
  ///   - path: absolute.
  ///   - watchesContents: when the path is a directory, changes of any entry in it count as well.
  ///   - onChange: runs on the loop's thread, at most once a wake-up. May close the watch.
  public init(
    loop: EventLoop, path: String, watchesContents: Bool = false, onChange: @escaping () -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.path = path
    self.watchesContents = watchesContents
    self.onChange = onChange
    inotify = try SystemCall.check(
      "inotify_init1", inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK)))
    do throws(SystemError) {
      registration = try loop.register(inotify, [.read]) { [weak self] _ in self?.drain() }
    } catch {
      Glibc.close(inotify)
      inotify = -1
      throw error
    }
    arm()
  }

  deinit { close() }

  /// Ends the watch; nothing is reported afterwards.
  public func close() {
    if let registration { loop.unregister(registration) }
    registration = nil
    if inotify >= 0 { Glibc.close(inotify) }
    inotify = -1
    isArmed = false
  }

  private func drain() {
    var isChanged = false
    var buffer = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<Self.reads_max {
      let transfer = buffer.withUnsafeMutableBytes { SystemCall.read(inotify, into: $0) }
      guard case .bytes(let count) = transfer else { break }
      for event in InotifyEvent.parse(buffer[0..<count]) where matters(event) { isChanged = true }
    }
    guard isChanged else { return }
    arm()
    onChange()
  }

  private func matters(_ event: InotifyEvent) -> Bool {
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
    // An event of a watch that an earlier walk removed may still be in the queue.
    guard let interest = watched[event.watch] else { return false }
    let isOfDirectory = event.mask & Self.selfMask != 0
    return isOfDirectory || interest.isInAllNames || interest.names.contains(event.name)
  }

  /// Which entries of a watched directory matter.
  private struct Interest {
    var names: Set<String> = []
    var isInAllNames = false
  }

  private static let selfMask =
    UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_UNMOUNT) | UInt32(IN_IGNORED)
  private static let mask =
    UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
    | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)

  /// Watches what decides now. The tree may change between the walk and the watch, so it is walked
  /// again until two walks agree.
  private func arm() {
    var places = WatchedPlace.deciding(path, includingContents: watchesContents)
    for _ in 0..<Self.walks_max {
      watch(places)
      let again = WatchedPlace.deciding(path, includingContents: watchesContents)
      if again == places { return }
      places = again
    }
    isArmed = false
  }

  private func watch(_ places: [WatchedPlace]) {
    var fresh: [CInt: Interest] = [:]
    isArmed = true
    for place in places {
      let id = inotify_add_watch(inotify, place.directory, Self.mask)
      guard id >= 0 else {
        isArmed = false
        continue
      }
      if let name = place.name {
        fresh[id, default: Interest()].names.insert(name)
      } else {
        fresh[id, default: Interest()].isInAllNames = true
      }
    }
    for id in watched.keys where fresh[id] == nil { inotify_rm_watch(inotify, id) }
    watched = fresh
  }
}

/// A directory and the name in it that decides; nil: every name.
struct WatchedPlace: Equatable {
  let directory: String
  let name: String?

  /// Walks the path as the kernel would (path_resolution(7)).
  static func deciding(_ path: String, includingContents: Bool) -> [WatchedPlace] {
    var places: [WatchedPlace] = []
    var names = path.split(separator: "/").map(String.init)
    var directory: [String] = []
    var links = 0
    while !names.isEmpty {
      let name = names.removeFirst()
      if name == "." { continue }
      if name == ".." {
        directory = directory.dropLast()
        continue
      }
      let here = "/" + directory.joined(separator: "/")
      switch kind(here + "/" + name) {
      case .missing:
        return places + [WatchedPlace(directory: here, name: name)]
      case .link(let target):
        places.append(WatchedPlace(directory: here, name: name))
        links += 1
        if links > PathWatch.links_max { return places }
        if target.hasPrefix("/") { directory = [] }
        names = target.split(separator: "/").map(String.init) + names
      case .directory:
        if names.isEmpty { places.append(WatchedPlace(directory: here, name: name)) }
        directory.append(name)
      case .other:
        return places + [WatchedPlace(directory: here, name: name)]
      }
    }
    guard includingContents else { return places }
    return places + [WatchedPlace(directory: "/" + directory.joined(separator: "/"), name: nil)]
  }

  private enum Kind {
    case missing, directory, other
    case link(String)
  }

  private static func kind(_ path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFLNK:
      var target = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &target, target.count)
      guard count > 0 else { return .missing }
      return .link(String(decoding: target[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    default: return .other
    }
  }
}

/// One record of inotify(7).
package struct InotifyEvent {
  package let watch: CInt
  package let mask: UInt32
  package let name: String

  /// The kernel hands out whole records: wd, mask, cookie, length (32 bits each), name with NULs.
  package static func parse(_ bytes: ArraySlice<UInt8>) -> [InotifyEvent] {
    var events: [InotifyEvent] = []
    bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset + 16 <= raw.count {
        let length = Int(raw.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
        guard offset + 16 + length <= raw.count else { return }
        let name = raw[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
        events.append(
          InotifyEvent(
            watch: raw.loadUnaligned(fromByteOffset: offset, as: CInt.self),
            mask: raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
            name: String(decoding: name, as: UTF8.self)))
        offset += 16 + length
      }
    }
    return events
  }
}
