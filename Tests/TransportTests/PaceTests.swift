import Testing

@testable import Transport

@Suite("Pace and ceiling")
struct PaceTests {
    @Test("hold the limit in every minute, whenever it begins", arguments: [1, 7, 60, 1000, 30_000])
    func everyMinute(limit: Int) throws {
        var pace = try #require(Pace(perMinute: limit))
        let start = ContinuousClock.now
        var now = start
        var sent: [Duration] = []
        while now - start < .seconds(150) {
            for _ in 0..<pace.allowance(now) {
                pace.spend(now)
                sent.append(now - start)
            }
            // A loop that wakes late now and then, by more than the burst is worth.
            let late = sent.count % 97 == 0 ? Duration.milliseconds(300) : .zero
            now = max(pace.opens(now), now) + late
        }
        var first = 0
        for (index, time) in sent.enumerated() {
            while sent[first] <= time - .seconds(60) { first += 1 }
            #expect(index - first + 1 <= limit)
        }
        #expect(sent.count >= limit)
    }

    @Test("know no limit where none is set")
    func unlimited() {
        #expect(Pace(perMinute: 0) == nil)
    }

    @Test("come down once when several connections are turned away at once, and rise again")
    func ceiling() {
        var ceiling = Ceiling(8)
        let now = ContinuousClock.now
        let lowered = [ceiling.easeOff(8, now), ceiling.easeOff(8, now), ceiling.easeOff(3, now + .seconds(2))]
        #expect(lowered == [true, false, true])
        let later = [2, 40, 4000].map { ceiling.connections(now + .seconds($0)) }
        #expect(later == [2, 3, 8])
        #expect(ceiling.rises == nil)
    }

    @Test("never come down to no connection at all")
    func lowest() {
        var ceiling = Ceiling(1)
        let lowered = ceiling.easeOff(1, .now)
        let limit = ceiling.connections(.now)
        #expect(!lowered)
        #expect(limit == 1)
    }
}

@Suite("What a relay offers")
struct OffersTests {
    @Test("is read in either case, from the last EHLO")
    func lastEHLO() {
        let greeting = Greeting()
        let lines = [
            "220 relay.example.org", "250-relay.example.org", "250-pipelining", "250 STARTTLS", "220 go ahead",
            "250-relay.example.org", "250-Size 1000", "250-SMTPUTF8", "250 AUTH PLAIN", "334 ", "235 2.7.0 welcome",
        ]
        for line in lines { #expect(greeting.hear(Array((line + "\r\n").utf8))) }
        var offers = Offers()
        (offers.size, offers.sizeLimit, offers.smtpUTF8) = (true, 1000, true)
        #expect(Offers(ehlo: greeting.ehlo) == offers)
        #expect(greeting.isAuthenticated)
    }

    @Test("has no limit of size where it says 0, or nothing")
    func noLimit() {
        #expect(Offers(ehlo: ["x", "SIZE 0"]).sizeLimit == nil)
        #expect(Offers(ehlo: ["x", "SIZE"]).size)
    }

    @Test("is bounded")
    func bounded() {
        let greeting = Greeting()
        let line = Array("250-\(String(repeating: "x", count: 1000))\r\n".utf8)
        #expect((0..<100).contains { _ in !greeting.hear(line) })
    }
}
