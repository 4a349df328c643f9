import BranchCore
import LinuxIO

/// What tells this box from a copy of its disk in another one.
public enum MachineIdentity {
  private static let networks = "/sys/class/net"
  private static let disks = "/sys/block"

  /// Names this run of the kernel (random(4)); nil when that cannot be read.
  public static var boot: String? {
    let name = (SmallFile.text("/proc/sys/kernel/random/boot_id") ?? "").filter { $0 != "-" }
    return name.isEmpty ? nil : name
  }

  static func read() -> BoxIdentity? {
    guard let boot else { return nil }
    let parts = Set(pieces.map { HardwarePart($0.kind, name(of: $0.text)) })
    // machine-id(5) is shared by copies of a disk when nobody sets it anew: only where a container
    // shows no hardware at all, it has to do.
    let all = pieces.isEmpty ? SmallFile.text("/etc/machine-id") ?? "" : parts.sorted().description
    return BoxIdentity(boot: boot, machine: name(of: all), parts: parts)
  }

  /// Addresses of network cards, serial numbers of disks, and that of the board where everyone
  /// may read it (device tree).
  private static var pieces: [(kind: HardwarePart.Kind, text: String)] {
    var pieces: [(kind: HardwarePart.Kind, text: String)] = []
    func add(_ kind: HardwarePart.Kind, _ paths: String...) {
      let texts = paths.lazy.map { (SmallFile.text($0) ?? "").filter { !$0.isWhitespace } }
      guard let text = texts.first(where: { $0.contains { $0 != "0" && $0 != ":" } }) else {
        return
      }
      pieces.append((kind, text))
    }
    for card in SmallFile.entries(networks)
    where SmallFile.linkTarget("\(networks)/\(card)/device") != nil {
      add(.card, "\(networks)/\(card)/address")
    }
    for disk in SmallFile.entries(disks) {
      let path = "\(disks)/\(disk)"
      // NVMe; virtio; eMMC and SD; SCSI and ATA.
      add(
        .disk, path + "/device/serial", path + "/serial", path + "/device/cid",
        path + "/device/wwid")
    }
    add(.board, "/proc/device-tree/serial-number")
    return pieces
  }

  /// FNV-1a with 64 bits: to tell a handful of boxes apart, not to keep a secret.
  private static func name(of text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }
}
