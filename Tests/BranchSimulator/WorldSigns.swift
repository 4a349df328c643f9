import Branch
import BranchCore

/// The signs of a world.
extension WorldPlan {
  static func sign(
    _ name: String, _ counter: CounterID, _ random: inout Seeded
  ) -> SignPlan {
    var plan = SignPlan(
      id: SignID(name)!, counter: counter, format: "{ticket}", idle: "----",
      refresh: random.oneIn(3) ? .minutes(10) : nil)
    // Its own numbers: how a sign looks changes nothing else in a world.
    var looks = random
    plan.beeps = looks.oneIn(2)
    if looks.oneIn(2) { plan.flash = Span(ms: Int64(looks.within(1, 8_000))) }
    if looks.oneIn(3) { follow(clock: &plan, &looks) }
    return plan
  }

  /// Open and closed by turns, since no world lasts a day.
  private static func follow(clock plan: inout SignPlan, _ random: inout Seeded) {
    let length = random.within(5, 180)
    let stretches = stride(from: random.below(length), to: 1440 - length, by: 2 * length).map {
      $0..<$0 + length
    }
    plan.hours = OpeningHours(week: [[OpeningHours.Stretch]](repeating: stretches, count: 7))
    plan.idle = ["OPEN"]
    plan.closed = random.oneIn(2) ? ["SHUT"] : ["SHUT", "ZU"]
    plan.turn = .seconds(Int64(random.within(40, 600)))
    plan.brightness = DailyBrightness([
      .init(from_minute: 0, percent: 100), .init(from_minute: random.within(1, 1439), percent: 9),
    ])
  }

  /// A main sign, which lists calls.
  static func hall(_ random: inout Seeded) -> SignPlan {
    var looks = random
    var plan = SignPlan(
      id: SignID("hall")!, counter: nil, format: "{ticket} {arrow} {counter}", idle: "HALL",
      refresh: nil)
    plan.board.calls_max = looks.within(1, boardRows)
    plan.board.newestLast = looks.oneIn(2)
    if looks.oneIn(2) { plan.board.stand = Span(ms: Int64(looks.within(1, 6_000))) }
    plan.arrows = [counter(0): .left, counter(1): .right]
    return plan
  }

  static let boardRows = 4
}
