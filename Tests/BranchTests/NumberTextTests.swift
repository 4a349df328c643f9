import Branch
import Testing

@Suite("Numbers, tickets and days as text")
struct NumberTextTests {
  @Test(
    "digits are appended as String writes them",
    arguments: [0, 1, 9, 10, 99, 100, 999_999, -1, -10, .max, .min] as [Int64])
  func digits(number: Int64) {
    var bytes = Array("x".utf8)
    appendDecimal(number, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
  }

  @Test("numbers without a sign have all their digits", arguments: [0, 10, .max] as [UInt64])
  func unsignedDigits(number: UInt64) {
    var bytes: [UInt8] = []
    appendDecimal(number, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
  }

  @Test("short numbers get zeros, long ones are not cut")
  func width() {
    for width in 1...20 {
      for number in [0, 7, 42, 12_345, 1_234_567] {
        var bytes: [UInt8] = []
        appendDecimal(Int64(number), to: &bytes, width: width)
        #expect(String(decoding: bytes, as: UTF8.self) == padded(number, to: width))
      }
    }
  }

  @Test("every ticket number is read back as it was written")
  func tickets() {
    for prefix in ["A", "Z", "AB", "QQQ"] {
      for number in 1...TicketNumber.number_max {
        let ticket = TicketNumber(prefix: prefix, number: number)
        var bytes: [UInt8] = []
        ticket.append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == ticket.description)
        #expect(TicketNumber(ticket.description) == ticket)
      }
    }
  }

  @Test(
    "what is no ticket number is none",
    arguments: [
      "", "A", "012", "A12", "A000", "A0000", "A0123", "A00012", "A12345", "a012", "Ab012",
      "ABCD012", "A 012", "A01\u{0663}", "\u{C4}012", "A\u{301}012", "A-12", "A+12", "A012 ",
      "A01x",
    ])
  func noTicket(text: String) { #expect(TicketNumber(text) == nil) }

  @Test("a day appends what it says")
  func days() {
    for days in stride(from: Int64(-719_000), to: 2_900_000, by: 977) {
      let day = ServiceDay(daysSince1970: days)
      var bytes: [UInt8] = []
      day.append(to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == day.description)
      #expect(ServiceDay(day.description) == day)
    }
  }
}
