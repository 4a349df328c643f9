import JournalFormat

/// What of the unflushed changes a crash leaves.
enum Cut: Hashable {
  /// The process dies, the kernel lives: all of it, and it is still unflushed.
  case kill
  /// The power goes; bit n says whether the disk has change n.
  case subset(UInt64)
  case only(Int)
  case allBut(Int)
  case first(Int)
  case butFirst(Int)
  /// A quarter, a half or three quarters of them.
  case seeded(UInt64)

  static let nothing = Cut.subset(0)
  static let everything = Cut.butFirst(0)

  func has(_ index: Int) -> Bool {
    switch self {
    case .kill: true
    case .subset(let bits): bits >> UInt64(min(index, 63)) & 1 == 1
    case .only(let one): index == one
    case .allBut(let one): index != one
    case .first(let count): index < count
    case .butFirst(let count): index >= count
    case .seeded(let seed):
      mixed(seed &+ UInt64(index) &* 0x9E37_79B9) % 4 <= seed % 3
    }
  }
}

/// SplitMix64's last step.
func mixed(_ number: UInt64) -> UInt64 {
  var mixed = number &+ 0x9E37_79B9_7F4A_7C15
  mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
  return mixed ^ (mixed >> 31)
}

/// A moment at which everything may stop: what is open then, and what comes of each choice.
struct CrashPoint {
  /// One change that a power cut may or may not leave.
  enum Change: Hashable {
    case directory
    /// Number of the pending change of a name.
    case name(Int)
    /// The second half of a pending rename: without it, both names are there.
    case oldName(Int)
    case sector(file: String, Int)
    case size(file: String)
  }

  let disk: ModelDisk
  let changes: [Change]
  private let partial: PartialWrite?

  init(_ disk: ModelDisk, during partial: PartialWrite? = nil) {
    self.disk = disk
    self.partial = partial
    var changes: [Change] = []
    if disk.directoryExists, !disk.directoryIsDurable { changes.append(.directory) }
    for (index, change) in disk.nameChanges.enumerated() {
      changes.append(.name(index))
      if case .rename = change { changes.append(.oldName(index)) }
    }
    // What has no segment's name yet is removed unread, whatever stands in it.
    for name in disk.names.keys.sorted() where SegmentName(file: name) != nil {
      guard let file = disk.names[name].map({ Self.during(partial, $0) }) else { continue }
      changes += file.openSectors.map { .sector(file: name, $0) }
      if file.cached.size != file.durable.size { changes.append(.size(file: name)) }
    }
    self.changes = changes
  }

  private static func during(_ partial: PartialWrite?, _ file: DiskFile) -> DiskFile {
    guard let partial, partial.file === file else { return file }
    let copy = file.copy()
    copy.write(partial.bytes, at: partial.offset)
    return copy
  }

  /// The disk as the next start finds it.
  func disk(after cut: Cut) -> ModelDisk {
    cut == .kill ? killed() : cutOff(cut)
  }

  private func killed() -> ModelDisk {
    var copies: [ObjectIdentifier: DiskFile] = [:]
    func copy(_ file: DiskFile) -> DiskFile {
      if let known = copies[ObjectIdentifier(file)] { return known }
      let made = Self.during(partial, file)
      let copy = made === file ? file.copy() : made
      copies[ObjectIdentifier(file)] = copy
      return copy
    }
    let changes = disk.nameChanges.map { change -> ModelDisk.NameChange in
      switch change {
      case .add(let name, let file): .add(name, copy(file))
      case .remove: change
      case .rename(let from, let to, let file): .rename(from, to: to, copy(file))
      }
    }
    return ModelDisk(
      names: disk.names.mapValues(copy), durableNames: disk.durableNames.mapValues(copy),
      changes: changes, directoryExists: disk.directoryExists,
      directoryIsDurable: disk.directoryIsDurable)
  }

  private func cutOff(_ cut: Cut) -> ModelDisk {
    var names = disk.durableNames
    var chosen: [String: [Int]] = [:]
    var sized: Set<String> = []
    for (index, change) in changes.enumerated() {
      switch change {
      case .directory:
        if !cut.has(index) {
          return ModelDisk(
            names: [:], durableNames: [:], changes: [], directoryExists: false,
            directoryIsDurable: false)
        }
      case .name(let number):
        if cut.has(index) { ModelDisk.apply(disk.nameChanges[number], to: &names) }
      case .oldName(let number):
        if !cut.has(index), case .rename(let from, _, let file) = disk.nameChanges[number],
          cut.has(index - 1)
        {
          names[from] = file
        }
      case .sector(let file, let sector):
        if cut.has(index) { chosen[file, default: []].append(sector) }
      case .size(let file): if cut.has(index) { sized.insert(file) }
      }
    }
    // The choice of sectors goes by the name that the file has now; it may be there by another.
    var left: [ObjectIdentifier: DiskFile] = [:]
    for (name, file) in disk.names where chosen[name] != nil || sized.contains(name) {
      let during = Self.during(partial, file)
      var bytes = during.durable
      for sector in chosen[name] ?? [] { bytes.take(sector, from: during.cached) }
      if sized.contains(name) { bytes.extend(to: during.cached.size) }
      left[ObjectIdentifier(file)] = DiskFile(cached: bytes, durable: bytes)
    }
    let found = names.mapValues {
      left[ObjectIdentifier($0)] ?? DiskFile(cached: $0.durable, durable: $0.durable)
    }
    return ModelDisk(
      names: found, durableNames: found, changes: [], directoryExists: disk.directoryExists,
      directoryIsDurable: true)
  }
}
