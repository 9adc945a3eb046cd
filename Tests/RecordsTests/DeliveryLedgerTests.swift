import Basics
import Bulletin
import Foundation
import Journal
import TestSupport
import Testing

@testable import Records

let mailing = Mailing(IssueNumber(24))
let accepted = Outcome(Reply(code: 250, enhanced: EnhancedCode(2, 0, 0), text: "Ok: queued"))
let deferred = Outcome(Reply(code: 451, enhanced: EnhancedCode(4, 7, 1), text: "later"))
let refused = Outcome(Reply(code: 550, enhanced: EnhancedCode(5, 1, 1), text: "no such user"))

extension StateFolder {
    /// The ledger, begun with that audience.
    func begun(_ audience: Audience, at now: Date = noon) throws -> DeliveryLedger {
        let ledger = ledger(mailing)
        try ledger.begin(audience, at: now)
        return ledger
    }

    var ledgerText: String {
        get throws { try String(contentsOfFile: path + "/deliveries/0024.jsonl", encoding: .utf8) }
    }
}

@Suite("A delivery ledger")
struct DeliveryLedgerTests {
    @Test("is written as documented: outcomes first, then what is handed over")
    func form() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...3))
            try ledger.record(settled: [], handed: [person(1), person(2)], at: noon + 1)
            try ledger.record(
                settled: [(person(1), accepted), (person(2), deferred)], handed: [person(3)], at: noon + 2)
            try ledger.record(settled: [(person(3), .skipped("left"))], handed: [person(2)], at: noon + 3)
            let (one, two, three) = (person(1), person(2), person(3))
            #expect(
                try state.ledgerText == """
                    {"format":"fortnight-deliveries","version":1}
                    {"audience":"active","at":"2026-12-02T10:00:00.123Z","count":3}
                    {"id":"\(one)","state":"handed","at":"2026-12-02T10:00:01.123Z"}
                    {"id":"\(two)","state":"handed","at":"2026-12-02T10:00:01.123Z"}
                    {"id":"\(one)","state":"accepted","was":"handed","at":"2026-12-02T10:00:02.123Z","code":250,\
                    "enhanced":"2.0.0","text":"Ok: queued"}
                    {"id":"\(two)","state":"deferred","was":"handed","at":"2026-12-02T10:00:02.123Z","code":451,\
                    "enhanced":"4.7.1","text":"later"}
                    {"id":"\(three)","state":"handed","at":"2026-12-02T10:00:02.123Z"}
                    {"id":"\(three)","state":"skipped","was":"handed","at":"2026-12-02T10:00:03.123Z","text":"left"}
                    {"id":"\(two)","state":"handed","was":"deferred","at":"2026-12-02T10:00:03.123Z"}

                    """)
            #expect(ledger.state(of: two) == .handed)
            #expect(ledger.state(of: one) == .accepted)
        }
    }

    @Test("counts zero before it is begun, and everyone owed after")
    func beginning() throws {
        try withStateFolder { state in
            #expect(try state.deliveryCounts(mailing) == DeliveryCounts())
            #expect(try state.ledger(mailing).audienceTime() == nil)
            let ledger = try state.begun(audience(1...3))
            #expect(ledger.counts == DeliveryCounts(owed: 3))
            #expect(try state.deliveryCounts(mailing) == DeliveryCounts(owed: 3))
            #expect(try state.ledger(mailing).audienceTime()?.stamp == noon.stamp)
            #expect(try state.deliveryCounts(Mailing(IssueNumber(24), correction: 1)) == DeliveryCounts())
        }
    }

    @Test("continues with the audience that it was begun with, and with no other")
    func otherAudience() throws {
        try withStateFolder { state in
            _ = try state.begun(audience(1...3))
            #expect(throws: LedgerFault.self) { try state.begun(audience(1...3, at: noon + 1)) }
            _ = try state.begun(audience(1...3), at: noon + 100)
            #expect(try state.ledgerText.split(separator: "\n").count == 2)
        }
    }

    @Test("makes deliveries unknown that were handed over when the process was killed, and counts the second time")
    func killed() throws {
        try withStateFolder { state in
            var ledger = try state.begun(audience(1...4))
            try ledger.record(settled: [], handed: [person(1), person(2)], at: noon)
            try ledger.record(settled: [(person(1), accepted)], handed: [], at: noon)
            ledger = try state.begun(audience(1...4), at: noon + 10)
            #expect(ledger.unknown() == [UnknownDelivery(id: person(2), times: 1)])
            #expect(ledger.counts[.unknown] == 1)
            try ledger.record(settled: [], handed: [person(2)], at: noon + 11)
            ledger = try state.begun(audience(1...4), at: noon + 20)
            #expect(ledger.unknown() == [UnknownDelivery(id: person(2), times: 2)])
            ledger = try state.begun(audience(1...4), at: noon + 30)
            #expect(ledger.unknown() == [UnknownDelivery(id: person(2), times: 2)], "nothing was tried in between")
            #expect(try ledger.counts == state.deliveryCounts(mailing))
        }
    }

    @Test("walks the owed deliveries")
    func owed() throws {
        try withStateFolder { state in
            let members = audience(1...6)
            let ledger = try state.begun(members)
            let ids = (1...6).map(person).sorted()
            try ledger.record(settled: [(ids[0], refused), (ids[3], .skipped("left"))], handed: [ids[1]], at: noon)
            #expect(ledger.nextOwed(from: 0) == 2)
            #expect(ledger.nextOwed(from: 3) == 4)
            #expect(ledger.nextOwed(from: 6) == nil)
            #expect(ledger.states(0..<6) == [.refused, .handed, .owed, .skipped, .owed, .owed])
        }
    }

    @Test("remembers how often and since when a delivery is deferred, across a restart")
    func deferral() throws {
        try withStateFolder { state in
            let down = Outcome.deferred(Reply(code: 0, text: "no relay answers"))
            func check(_ ledger: DeliveryLedger, tries: Int, first: Double, last: Double) throws {
                let one = try #require(ledger.deferred().first)
                #expect(one.id == person(1))
                #expect(one.tries == tries)
                #expect(abs(one.first.timeIntervalSince(noon + first)) < 0.002)
                #expect(abs(one.last.timeIntervalSince(noon + last)) < 0.002)
            }
            let ledger = try state.begun(audience(1...2))
            try ledger.record(settled: [], handed: [person(1)], at: noon)
            try ledger.record(settled: [(person(1), down)], handed: [], at: noon + 10)
            try check(ledger, tries: 0, first: 10, last: 10)
            try ledger.record(settled: [], handed: [person(1)], at: noon + 20)
            #expect(ledger.deferred().isEmpty)
            try ledger.record(settled: [(person(1), deferred)], handed: [], at: noon + 30)
            try ledger.record(settled: [], handed: [person(1)], at: noon + 40)
            try ledger.record(settled: [(person(1), deferred)], handed: [], at: noon + 50)
            try check(ledger, tries: 2, first: 30, last: 50)
            try check(try state.begun(audience(1...2)), tries: 2, first: 30, last: 50)
            let resumed = try state.begun(audience(1...2))
            try resumed.record(settled: [(person(1), refused)], handed: [], at: noon + 60)
            #expect(resumed.deferred().isEmpty)
        }
    }

    @Test("never lets a settled delivery be made again")
    func twice() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...3))
            try ledger.record(settled: [], handed: [person(1)], at: noon)
            for settledBefore in [accepted, refused] {
                let before = try state.ledgerText
                #expect(throws: LedgerFault.self) {
                    try ledger.record(
                        settled: [(person(1), settledBefore)], handed: [person(2), person(1), person(1)], at: noon)
                }
                #expect(try state.ledgerText == before)
                #expect(ledger.state(of: person(1)) == .handed)
                #expect(ledger.state(of: person(2)) == .owed)
                #expect(ledger.counts == DeliveryCounts.of([.owed: 2, .handed: 1]))
            }
            try ledger.record(settled: [(person(1), accepted)], handed: [], at: noon)
            #expect(
                throws: LedgerFault.settledBefore(person(1), was: .accepted, becomes: .handed)
            ) { try ledger.record(settled: [], handed: [person(1)], at: noon) }
        }
    }

    @Test("keeps deliveries of people who left the audience, and writes off those that cannot be identified")
    func strays() throws {
        try withStateFolder { state in
            var ledger = try state.begun(audience(1...5))
            try ledger.record(settled: [(person(1), deferred), (person(2), accepted)], handed: [], at: noon)
            // 1 and 2 were forgotten after they were tried, 3 before.
            ledger = try state.begun(audience(4...5), at: noon)
            #expect(ledger.counts == DeliveryCounts.of([.owed: 3, .accepted: 1, .deferred: 1]))
            #expect(ledger.unsettledStrays() == [person(1)])
            try ledger.record(settled: [(person(1), .skipped("forgotten"))], handed: [], at: noon)
            #expect(ledger.unsettledStrays().isEmpty)
            #expect(try ledger.writeOffMissing(at: noon) == 1)
            #expect(try ledger.writeOffMissing(at: noon) == 0)
            #expect(ledger.counts == DeliveryCounts.of([.owed: 2, .accepted: 1, .skipped: 2]))
            #expect(try state.deliveryCounts(mailing) == ledger.counts)
            #expect(try state.begun(audience(4...5)).counts == ledger.counts)
        }
    }

    @Test("accepts a person's decision on unknown outcomes, beside the daemon", arguments: UnknownResolution.allCases)
    func resolve(resolution: UnknownResolution) throws {
        try withStateFolder { state in
            let daemon = try state.begun(audience(1...4))
            try daemon.record(settled: [], handed: [person(1), person(2), person(3)], at: noon)
            try daemon.record(
                settled: [(person(1), .unknown("lost")), (person(2), .unknown("lost"))], handed: [], at: noon)
            #expect(try state.ledger(mailing).resolve(resolution, by: "ann", at: noon) == 2)
            try daemon.record(settled: [(person(3), accepted)], handed: [], at: noon)
            let expected: [DeliveryState: Int] =
                resolution == .accepted ? [.accepted: 3, .owed: 1] : [.deferred: 2, .accepted: 1, .owed: 1]
            #expect(daemon.counts == .of(expected))
            #expect(daemon.unknown().isEmpty)
            #expect(daemon.deferred().count == (resolution == .resend ? 2 : 0))
            #expect(try state.deliveryCounts(mailing) == daemon.counts)
        }
    }

    @Test("keeps a server's reply in one line of at most 400 characters")
    func hostileText() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...9))
            let texts = [
                "a\r\nb\t\u{0}\u{7F}\u{85}\u{1B}[2J", "say \"no\" \\ never", String(repeating: "é", count: 1000),
                String(repeating: "\u{0}", count: 100_000), "e\u{301}\u{200D}👩‍👩‍👧‍👧", "{\"id\":\"x\"}\n{\"gone\":9}", "",
            ]
            for (index, text) in texts.enumerated() {
                let outcome = Outcome(Reply(code: 550, text: text))
                try ledger.record(settled: [(person(index + 1), outcome)], handed: [], at: noon)
            }
            let lines = try state.ledgerText.split(separator: "\n").dropFirst(2)
            #expect(lines.count == texts.count)
            for line in lines {
                #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
            }
            var kept: [String] = []
            try state.deliveryLines(mailing, in: .refused) { kept.append($0.reply.text) }
            #expect(kept[0] == "a  b     [2J")
            #expect(kept[1] == texts[1])
            #expect(kept[2] == String(repeating: "é", count: 400))
            #expect(kept[3] == String(repeating: " ", count: 400))
            #expect(kept[4] == texts[4])
            #expect(kept[5] == texts[5].replacing("\n", with: " "))
            #expect(try state.deliveryCounts(mailing) == .of([.refused: 7, .owed: 2]))
        }
    }

    @Test("lists the deliveries in a state, by their latest line")
    func latest() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...4))
            try ledger.record(settled: [], handed: (1...3).map(person), at: noon)
            try ledger.record(settled: [(person(2), deferred), (person(1), deferred)], handed: [], at: noon + 1)
            try ledger.record(settled: [(person(2), refused)], handed: [], at: noon + 2)
            var lines: [DeliveryLine] = []
            for wanted in DeliveryState.allCases {
                try state.deliveryLines(mailing, in: wanted) { lines.append($0) }
            }
            #expect(lines.map(\.id) == [person(3), person(1), person(2)])
            #expect(lines.map(\.state) == [.handed, .deferred, .refused])
            #expect(lines[2].reply == refused.reply)
            #expect(lines[1].at.stamp == (noon + 1).stamp)
        }
    }

    @Test("reads lines written by hand, and reports damaged ones")
    func handwritten() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...4))
            try ledger.record(settled: [], handed: [person(1)], at: noon)
            let file = try #require(FileHandle(forWritingAtPath: state.path + "/deliveries/0024.jsonl"))
            try file.seekToEnd()
            let lines = [
                "{ \"state\" : \"accepted\", \"was\":\"handed\", \"at\":\"2026-12-02T12:00:00+01:00\", \"id\":\"\(person(1))\" }",
                "{\"id\":\"\(person(2))\",\"state\":\"exploded\",\"at\":\"2026-12-02T10:00:00.000Z\"}",
                "{\"id\":\"\(person(2))\",\"state\":\"owed\",\"at\":\"2026-12-02T10:00:00.000Z\"}",
                "{\"gone\":-5,\"at\":\"2026-12-02T10:00:00.000Z\"}", "\u{0}\u{0}\u{0}", "[]", "{}",
            ]
            try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n{\"id\":\"torn").utf8))
            try file.close()
            let resumed = try state.begun(audience(1...4))
            #expect(resumed.counts == .of([.accepted: 1, .owed: 3]))
            #expect(resumed.damage.count == 6)
            #expect(try state.deliveryCounts(mailing) == resumed.counts)
        }
    }
}

extension DeliveryCounts {
    static func of(_ states: [DeliveryState: Int]) -> DeliveryCounts {
        var counts = DeliveryCounts()
        for (state, count) in states { counts[state] = count }
        return counts
    }
}
