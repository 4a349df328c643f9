extension TerminalSelector {
  /// Paths of what is meant now, without opening any; empty when nothing fits, or several devices
  /// do. A path or name in by-id is given back whether it exists or not.
  public func nodePaths(wanted: Set<UInt16> = [], _ roots: InputRoots = InputRoots()) -> [String] {
    switch self {
    case .path(let path): return [path]
    case .byID(let name): return [roots.devices + "/by-id/" + name]
    case .serial, .port:
      let all = InputNode.all(roots)
      guard case .nodes(let nodes) = NodeChoice.choose(self, wanted: wanted, among: all) else {
        return []
      }
      return nodes.map(\.path)
    }
  }
}
