import BranchCore
import LinuxIO

/// What tells this box from a copy of its disk in another one.
public enum MachineIdentity {
  private static let networks = "/sys/class/net"

  /// Names this run of the kernel (random(4)); nil when that cannot be read.
  public static var boot: String? {
    let name = (SmallFile.text("/proc/sys/kernel/random/boot_id") ?? "").filter { $0 != "-" }
    return name.isEmpty ? nil : name
  }

  /// `machine` from machine-id(5), which copies share when nobody sets it anew, and from the
  /// addresses of the network cards, which they do not.
  static func read() -> BoxIdentity? {
    guard let boot else { return nil }
    var parts = [SmallFile.text("/etc/machine-id") ?? ""]
    for card in SmallFile.entries(networks)
    where SmallFile.linkTarget("\(networks)/\(card)/device") != nil {
      parts.append(SmallFile.text("\(networks)/\(card)/address") ?? "")
    }
    return BoxIdentity(boot: boot, machine: name(of: parts))
  }

  /// FNV-1a with 64 bits: to tell a handful of boxes apart, not to keep a secret.
  private static func name(of parts: [String]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in parts.joined(separator: " ").utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }
}
