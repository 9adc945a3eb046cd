import Basics
import Bulletin
import Foundation

@testable import Records

/// Fictional people and times for the tests of the subscriber list.
enum RollPeople {
    static let start = Date(timeIntervalSince1970: 1_795_000_000)

    /// As good as random, like real ids.
    static func id(_ number: Int) -> SubscriberID {
        SubscriberID(
            high: UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number + 1) &* 0xC2B2_AE3D_27D4_EB4F)
    }

    static func active(_ number: Int, since: Date = start) -> Subscriber {
        active(id(number), name: "Person \(number)", since: since)
    }

    static func active(_ id: SubscriberID, name: String, since: Date = start) -> Subscriber {
        Subscriber(
            id: id, status: .active, since: since, address: try? EmailAddress("p\(id.low % 100_000)@example.org"),
            name: name, consent: Consent(how: .import, when: nil))
    }

    /// Every field filled, with characters that JSON must escape.
    static var full: Subscriber {
        var person = Subscriber(
            id: id(1), status: .paused, since: start + 5.125, address: try? EmailAddress("ünal@exämple.org"),
            phone: PhoneNumber("07700 900123"), post: "1 Example Street\nManchester\tM1 1AA",
            name: "\"Ada\" \\ \u{1} \u{2028} Ωmega 👩‍👩‍👧", format: .text, medium: .phone,
            consent: Consent(
                basis: .charitySoftOptIn, how: .phone, when: start - 100, wording: "I agree", by: "kit"),
            reason: "phone")
        person.activeSince = start - 50.5
        person.pausedUntil = LocalDate(year: 2027, month: 2, day: 28)
        person.movedTo = id(2)
        person.movedFrom = id(3)
        person.tokenVersion = 12
        person.returns = [
            ReturnNote(
                at: start - 9, mailing: Mailing(IssueNumber(24), correction: 1), class: .hard, cause: .badAddress,
                status: EnhancedCode(5, 1, 1), words: "550 5.1.1 <[address]>: \"no\" such {\"owes\":{} user]"),
            ReturnNote(at: start - 8, mailing: Mailing(IssueNumber(25)), class: .delayed),
            ReturnNote(at: start - 7, mailing: nil, class: .complaint),
        ]
        person.owes = OwedRequest(.confirm, version: 12)
        return person
    }

    /// A random change to a subscriber.
    static func change(
        _ id: SubscriberID, _ current: Subscriber?, at now: Date, _ generator: inout some RandomNumberGenerator
    ) -> Subscriber? {
        guard var person = current else { return active(id, name: "N\(id.low % 1000)", since: now) }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: person.become(.unsubscribed, at: now, reason: "one-click")
        case 1: person.become(.active, at: now, reason: nil)
        case 2: person.become(.paused, at: now, reason: "phone")
        case 3: person = Subscriber(id: id, status: .forgotten, since: now)
        case 4 where person.status != .forgotten: person.name = "Renamed \(Int.random(in: 0..<100, using: &generator))"
        default: return nil
        }
        return person
    }
}
