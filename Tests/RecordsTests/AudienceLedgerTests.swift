import Bulletin
import Foundation
import Journal
import TestSupport
import Testing
import Tokens

@testable import Records

@Suite("A ledger of subscribers")
struct AudienceLedgerTests {
    @Test("reaches everyone once, though people leave, return and are forgotten between two runs of the daemon")
    func restart() throws {
        try withStateFolder { state in
            let ring = try state.tokenKeys()
            let ids = try (0..<20).map { try ring.id(for: EmailAddress("reader\($0)@example.org")) }
            let subscriberList = try state.subscriberList()
            try subscriberList.changeMany(ids) { id, _ in Subscriber(id: id, status: .active, since: noon - 3600) }
            var ledger = try state.begun(subscriberList.audience(at: noon))
            #expect(ledger.counts == DeliveryCounts(owed: 20))
            try ledger.record(settled: [], handed: Array(ids[0..<8]), at: noon + 1)
            try ledger.record(settled: ids[0..<6].map { ($0, accepted) }, handed: [], at: noon + 2)
            // 1 and 10 are forgotten, 11 left and came back, 12 left, a new person joined.
            func forget(_ id: SubscriberID) -> Subscriber { Subscriber(id: id, status: .forgotten, since: noon + 3) }
            try subscriberList.changeMany([ids[1], ids[10]]) { id, _ in forget(id) }
            try subscriberList.changeMany([ids[11], ids[12]]) { _, person in
                var person = person
                person?.become(.unsubscribed, at: noon + 4, reason: "one-click")
                return person
            }
            try subscriberList.change(ids[11]) { person in
                var person = person
                person?.become(.active, at: noon + 5, reason: "web")
                return person
            }
            try subscriberList.change(person(1)) { _ in Subscriber(id: person(1), status: .active, since: noon + 6) }

            let again = StateFolder(path: state.path)
            ledger = again.ledger(mailing)
            let time = try #require(try ledger.audienceTime())
            let audience = try again.subscriberList().audience(at: time)
            try ledger.begin(audience, at: noon + 10)
            #expect(ledger.counts == .of([.accepted: 6, .unknown: 2, .owed: 12]))
            #expect(ledger.unknown().map(\.id) == ids[6..<8].sorted())
            #expect(ledger.state(of: ids[1]) == .accepted, "her record is gone, and what was sent to her is not")
            var owed: Set<SubscriberID> = []
            var position = ledger.nextOwed(from: 0)
            while let here = position {
                if let one = try again.subscriberList().subscribers(here..<(here + 1), of: audience)[0] {
                    owed.insert(one.id)
                }
                position = ledger.nextOwed(from: here + 1)
            }
            #expect(owed == Set(ids[8...]).subtracting([ids[10], ids[11]]))
            #expect(try ledger.writeOffMissing(at: noon + 11) == 2)
            #expect(ledger.counts == .of([.accepted: 6, .unknown: 2, .owed: 10, .skipped: 2]))
        }
    }
}
