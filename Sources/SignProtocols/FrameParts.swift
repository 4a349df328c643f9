/// The text's places in a frame.
public struct FrameText: Hashable, Sendable {
  public enum Align: String, Sendable, CaseIterable { case left, right, center }

  /// What the sign can show. Letters lose their accents; see `SignText.ascii`.
  public enum Characters: String, Sendable, CaseIterable {
    /// Printable ASCII, 0x20 to 0x7E.
    case ascii
    /// The same, small letters sent as capitals.
    case upperASCII = "upper-ascii"
    /// Digits only: seven-segment displays. Letters of a ticket number are left out.
    case digits
    /// One byte a place, its bits the segments of a digit.
    case sevenSegment = "seven-segment"
  }
  /// Which place goes over the line first.
  public enum Order: String, Sendable, CaseIterable {
    case leftFirst = "left-first"
    case rightFirst = "right-first"
  }

  public static let places = 1...256

  /// Places the sign has, one of `places`. A longer text is shortened, see `TextFitting`.
  public let places_max: Int
  /// Shorter texts are filled up to `places_max`; else they are sent as they are.
  public let isPadded: Bool
  public let align: Align
  /// Printable ASCII.
  public let pad: UInt8
  public let characters: Characters
  /// How segments are bits, with `sevenSegment`.
  public let segments: SevenSegments
  public let order: Order

  public init(
    places_max: Int, isPadded: Bool = true, align: Align = .left,
    pad: UInt8 = UInt8(ascii: " "), characters: Characters = .ascii,
    segments: SevenSegments = SevenSegments(), order: Order = .leftFirst
  ) {
    self.places_max = places_max
    self.isPadded = isPadded
    self.align = align
    self.pad = pad
    self.characters = characters
    self.segments = segments
    self.order = order
  }
}

/// Where in a frame the address stands, so that each of several signs on a line can be meant.
public struct FrameAddress: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    /// Index of its first byte in the head.
    case head(Int)
    /// Index of its first byte in the tail.
    case tail(Int)
  }

  public let format: AddressFormat
  public let place: Place

  public init(format: AddressFormat, place: Place) {
    self.format = format
    self.place = place
  }
}
