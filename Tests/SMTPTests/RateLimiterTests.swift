import TestSupport
import Testing

@testable import Curl
@testable import SMTP

@Suite("Rate and connection limits", .alone)
struct RateLimiterTests {
    @Test(
        "hold in every minute at the relay, however slowly it answers, after idle spells and bursts",
        arguments: [1, 7, 60, 1000, 30_000], [UInt64(1), 2, 3])
    func everyMinute(limit: Int, seed: UInt64) throws {
        let start = ContinuousClock.now
        var rateLimiter = try #require(RateLimiter(perMinute: limit, from: start))
        var random = RepeatableGenerator(seed: seed)
        var now = start
        /// Messages sent but not answered: when the relay takes each, and when it replies.
        var open: [(taken: ContinuousClock.Instant, answered: ContinuousClock.Instant)] = []
        var taken: [Duration] = []
        while now - start < .seconds(300) {
            let answered = open.filter { $0.answered <= now }.count
            open.removeAll { $0.answered <= now }
            rateLimiter.answer(answered, now)
            // The relay holds messages back for a while, and then takes them all at once.
            let stall = (now - start).components.seconds / 40 % 2 == 0 ? Duration.milliseconds(20) : .seconds(20)
            for _ in 0..<min(rateLimiter.allowance(now), max(1, 200 - open.count)) {
                rateLimiter.spend(now)
                let arrival = now + stall * Double.random(in: 0...1, using: &random)
                taken.append(arrival - start)
                open.append((arrival, arrival + .milliseconds(Int.random(in: 0...300, using: &random))))
            }
            let idle = Int.random(in: 0..<400, using: &random) == 0 ? Duration.seconds(30) : .zero
            let answer = open.map(\.answered).min() ?? rateLimiter.opens(now)
            let next = open.count < 200 ? min(answer, max(rateLimiter.opens(now), now + .milliseconds(1))) : answer
            now = max(next, now + .microseconds(1)) + idle
        }
        expectAtMost(limit, in: taken.sorted())
        // Never more than two hundred are open, so a large limit is not reached.
        #expect(taken.count >= min(limit, 1500))
    }

    @Test("hold over a restart without a memory of it", arguments: [1, 60, 6000], [UInt64(1), 2, 3, 4])
    func overRestarts(limit: Int, seed: UInt64) throws {
        var random = RepeatableGenerator(seed: seed)
        let start = ContinuousClock.now
        var now = start
        var sent: [Duration] = []
        while now - start < .seconds(200) {
            var rateLimiter = try #require(RateLimiter(perMinute: limit, from: now))
            let end = now + .milliseconds(Int.random(in: 1...90_000, using: &random))
            while now < end {
                for _ in 0..<rateLimiter.allowance(now) {
                    rateLimiter.spend(now)
                    sent.append(now - start)
                    rateLimiter.answer(1, now)
                }
                now = min(end, max(rateLimiter.opens(now), now + .microseconds(1)))
            }
        }
        expectAtMost(limit, in: sent)
    }

    private func expectAtMost(_ limit: Int, in times: [Duration]) {
        var first = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time - .seconds(60) { first += 1 }
            guard index - first + 1 > limit else { continue }
            Issue.record("\(index - first + 1) in the minute up to \(time)")
            return
        }
    }

    @Test("are at least nine tenths of the limit where the relay answers at once")
    func usesItsLimit() throws {
        let start = ContinuousClock.now
        var rateLimiter = try #require(RateLimiter(perMinute: 600, from: start))
        var now = start
        var count = 0
        while now - start < .seconds(300) {
            while rateLimiter.allowance(now) > 0 {
                rateLimiter.spend(now)
                rateLimiter.answer(1, now)
                count += 1
            }
            now = rateLimiter.opens(now)
        }
        #expect((2700...3001).contains(count))
    }

    @Test("know no limit where none is set")
    func unlimited() {
        #expect(RateLimiter(perMinute: 0, from: .now) == nil)
    }

    @Test("fall once if several connections are refused at once, and rise again")
    func connectionLimit() {
        var connectionLimit = ConnectionLimit(8)
        let now = ContinuousClock.now
        let lowered = [
            connectionLimit.easeOff(8, now), connectionLimit.easeOff(8, now),
            connectionLimit.easeOff(3, now + .seconds(2)),
        ]
        #expect(lowered == [true, false, true])
        let later = [2, 40, 4000].map { connectionLimit.connections(now + .seconds($0)) }
        #expect(later == [2, 3, 8])
        #expect(connectionLimit.rises == nil)
    }

    @Test("never fall to no connection at all")
    func lowest() {
        var connectionLimit = ConnectionLimit(1)
        let lowered = connectionLimit.easeOff(1, .now)
        let limit = connectionLimit.connections(.now)
        #expect(!lowered)
        #expect(limit == 1)
    }
}

@Suite("A slowdown", .alone)
struct AdaptiveRateTests {
    private let start = ContinuousClock.now

    /// After ten seconds of a hundred messages a second.
    private func busy() -> (AdaptiveRate, ContinuousClock.Instant) {
        var adaptiveRate = AdaptiveRate(from: start)
        for step in 0..<1000 { adaptiveRate.spend(start + .milliseconds(10 * step)) }
        return (adaptiveRate, start + .seconds(10))
    }

    @Test("halves the rate each time the relay asks, and counts simultaneous replies once")
    func halves() {
        var (adaptiveRate, now) = busy()
        let before = adaptiveRate.allowance(now)
        var lowered = [adaptiveRate.easeOff(.explicit, now)]
        let first = adaptiveRate.limit ?? 0
        lowered.append(adaptiveRate.easeOff(.explicit, now + .seconds(1)))
        for step in 0..<90 { adaptiveRate.spend(now + .milliseconds(20 * step)) }
        lowered.append(adaptiveRate.easeOff(.explicit, now + .seconds(3)))
        #expect(before == .max)
        #expect((45...55).contains(first))
        #expect(lowered == [true, false, true])
        #expect(adaptiveRate.limit == first / 2)
    }

    @Test("goes to one a second and no lower, or to ten if only the recipients may be meant")
    func lowest() {
        for (throttling, lowest) in [(AdaptiveRate.Throttling.explicit, 1.0), (.possible, 10)] {
            var (adaptiveRate, now) = busy()
            for step in 0..<20 { _ = adaptiveRate.easeOff(throttling, now + .seconds(3 * step)) }
            #expect(adaptiveRate.limit == lowest)
        }
    }

    @Test("sends no more than its limit, and is lifted some minutes after the last request")
    func recovers() {
        var (adaptiveRate, now) = busy()
        _ = adaptiveRate.easeOff(.explicit, now)
        var sent = 0
        for step in 0..<1000 {
            let time = now + .milliseconds(10 * step)
            guard adaptiveRate.allowance(time) > 0 else { continue }
            adaptiveRate.spend(time)
            sent += 1
        }
        #expect((400...560).contains(sent))
        let after = adaptiveRate.allowance(now + .seconds(300))
        #expect(after == .max)
        #expect(adaptiveRate.limit == nil)
    }
}

@Suite("A relay's extensions")
struct OffersTests {
    @Test("is read in either case, from the last EHLO")
    func lastEHLO() {
        let greeting = Greeting()
        let lines = [
            "220 relay.example.org", "250-relay.example.org", "250-pipelining", "250 STARTTLS", "220 go ahead",
            "250-relay.example.org", "250-Size 1000", "250-SMTPUTF8", "250 AUTH PLAIN", "334 ", "235 2.7.0 welcome",
        ]
        for line in lines { #expect(greeting.hear(Array((line + "\r\n").utf8))) }
        var extensions = ServerExtensions()
        (extensions.size, extensions.sizeLimit, extensions.smtpUTF8) = (true, 1000, true)
        #expect(ServerExtensions(ehlo: greeting.ehlo) == extensions)
        #expect(greeting.isAuthenticated)
    }

    @Test("set no size limit if it is 0 or missing")
    func noLimit() {
        #expect(ServerExtensions(ehlo: ["x", "SIZE 0"]).sizeLimit == nil)
        #expect(ServerExtensions(ehlo: ["x", "SIZE"]).size)
    }

    @Test("is bounded")
    func bounded() {
        let greeting = Greeting()
        let line = Array("250-\(String(repeating: "x", count: 1000))\r\n".utf8)
        #expect((0..<100).contains { _ in !greeting.hear(line) })
    }
}
