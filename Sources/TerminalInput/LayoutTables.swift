import DeviceProfiles

/// The keys of each layout, row by row from the left upper corner; a blank is no character, a
/// combining character a dead key.
///
/// Sources: the layouts us, gb, de, fr, be and es of xkeyboard-config, read key by key through
/// libxkbcommon; with AltGr only signs of ASCII and what else is printed on such keyboards.
struct LayoutTable: Sendable {
  let plain: [Unicode.Scalar]
  let shifted: [Unicode.Scalar]
  let altGr: [Unicode.Scalar]

  /// KEY_GRAVE to KEY_EQUAL, KEY_Q to KEY_RIGHTBRACE, KEY_A to KEY_APOSTROPHE with KEY_BACKSLASH,
  /// KEY_102ND and KEY_Z to KEY_SLASH.
  private static let rowLengths = [13, 12, 12, 11]

  init(plain: [String], shifted: [String], altGr: [String]) {
    self.plain = Self.scalars(plain)
    self.shifted = Self.scalars(shifted)
    self.altGr = Self.scalars(altGr)
  }

  private static func scalars(_ rows: [String]) -> [Unicode.Scalar] {
    let rows = rows.map { Array($0.unicodeScalars) }
    precondition(rows.map(\.count) == rowLengths, "a row of a layout is too short or too long")
    return rows.flatMap { $0 }
  }
}

extension KeyboardLayout {
  var table: LayoutTable {
    switch self {
    case .us: Self.usTable
    case .uk: Self.ukTable
    case .de: Self.deTable
    case .fr: Self.frTable
    case .be: Self.beTable
    case .es: Self.esTable
    }
  }

  /// Without KEY_102ND, which these keyboards do not have, and without AltGr.
  private static let usTable = LayoutTable(
    plain: ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", " zxcvbnm,./"],
    shifted: ["~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", " ZXCVBNM<>?"],
    altGr: ["             ", "            ", "            ", "           "])

  private static let ukTable = LayoutTable(
    plain: ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"],
    shifted: ["¬!\"£$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"],
    altGr: ["|   €  {[]}\\ ", "@           ", "            ", "|          "])

  private static let deTable = LayoutTable(
    plain: [
      "\u{302}1234567890ß\u{301}", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-",
    ],
    shifted: ["°!\"§$%&/()=?\u{300}", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"],
    altGr: ["  ²³   {[]}\\ ", "@ €        ~", "            ", "|      µ   "])

  private static let frTable = LayoutTable(
    plain: ["²&é\"'(-è_çà)=", "azertyuiop\u{302}$", "qsdfghjklmù*", "<wxcvbn,;:!"],
    shifted: ["~1234567890°+", "AZERTYUIOP\u{308}£", "QSDFGHJKLM%µ", ">WXCVBN?./§"],
    altGr: ["  ~#{[|`\\^@]}", "  €        ¤", "@           ", "|          "])

  private static let beTable = LayoutTable(
    plain: ["²&é\"'(§è!çà)-", "azertyuiop\u{302}$", "qsdfghjklmùµ", "<wxcvbn,;:="],
    shifted: ["³1234567890°_", "AZERTYUIOP\u{308}*", "QSDFGHJKLM%£", ">WXCVBN?./+"],
    altGr: [" |@#  ^{[{}\\ ", "@ €       []", "          \u{301}\u{300}", "\\         \u{303}"])

  private static let esTable = LayoutTable(
    plain: ["º1234567890'¡", "qwertyuiop\u{300}+", "asdfghjklñ\u{301}ç", "<zxcvbnm,.-"],
    shifted: ["ª!\"·$%&/()=?¿", "QWERTYUIOP\u{302}*", "ASDFGHJKLÑ\u{308}Ç", ">ZXCVBNM;:_"],
    altGr: ["\\|@#~ ¬{[]}\\ ", "@ €       []", "          {}", "|          "])
}
