/// What a sign is to look like, whatever its language. Each protocol does what its sign can of it;
/// what it cannot (a colour, a beep) is left out, the text never is.
public struct SignPicture: Hashable, Sendable {
  public enum Colour: String, Sendable, CaseIterable { case red, green, amber, orange, yellow }

  public static let lines_max = 8
  public static let brightness_percent = 1...100

  /// From the top; none, or only empty ones, make the sign dark.
  public let lines: [String]
  /// nil: the sign's own.
  public let colour: Colour?
  /// The whole text blinks.
  public let flashes: Bool
  /// One sound, when the picture comes up.
  public let beeps: Bool
  /// nil: as it is.
  public let brightness_percent: Int?

  /// Lines beyond `lines_max` are left out; a brightness is brought into its range.
  public init(
    _ lines: [String], colour: Colour? = nil, flashes: Bool = false, beeps: Bool = false,
    brightness_percent: Int? = nil
  ) {
    self.lines = Array(lines.prefix(Self.lines_max))
    self.colour = colour
    self.flashes = flashes
    self.beeps = beeps
    let range = Self.brightness_percent
    self.brightness_percent = brightness_percent.map {
      min(max($0, range.lowerBound), range.upperBound)
    }
  }

  public static let dark = SignPicture([])

  /// All lines as one, for a sign that has no more.
  public var text: String { lines.filter { !$0.isEmpty }.joined(separator: " ") }

  /// One of `levels` for the brightness, the least for 1 % and the last for 100 %.
  public func level(of levels: ClosedRange<Int>) -> Int? {
    brightness_percent.map { percent in
      levels.lowerBound + (percent * levels.count - 1) / Self.brightness_percent.upperBound
    }
  }
}
