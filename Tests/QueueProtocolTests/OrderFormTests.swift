import QueueProtocol
import TestSeeds
import Testing

@Suite("Orders that a person types")
struct OrderFormTests {
  @Test("every order has a form, and no form is of another word")
  func complete() {
    #expect(Set(HubOrderForm.all.map(\.word)) == HubOrder.words)
  }

  @Test("whatever an order says can be typed", arguments: Seeds.some(20))
  func sound(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let typed = HubCommand.order(samples.order()).text
      #expect(HubOrderForm.mistake(in: typed) == nil, "\(typed)")
    }
  }
}
