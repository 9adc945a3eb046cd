import Basics
import Bulletin
import Foundation
import Subscriptions
import Testing

@Suite("Subscribers' requests")
struct JoiningTests {
    private let start = Date(timeIntervalSince1970: 1_796_205_600)
    private let hour: TimeInterval = 3600
    private let id = SubscriberID(high: 1, low: 1)
    private let consent = Consent(how: .web, when: nil)

    private func address(_ text: String = "ada@example.org") throws -> EmailAddress { try EmailAddress(text) }

    private func join(_ old: Subscriber?, at time: Date) throws -> Subscriber? {
        Subscriber.asksToJoin(old, id: id, address: try address(), name: "Ada", at: time)
    }

    @Test("accepts a name of up to 200 letters with combining marks, but not hundreds of marks")
    func names() {
        #expect(Subscriber.isFit(name: "Zoë Ngũgĩ") && Subscriber.isFit(name: String(repeating: "é", count: 200)))
        #expect(!Subscriber.isFit(name: "") && !Subscriber.isFit(name: String(repeating: "e", count: 201)))
        #expect(!Subscriber.isFit(name: "Z" + String(repeating: "\u{301}", count: 500)))
        #expect(!Subscriber.isFit(name: "Ada\u{202E}") && !Subscriber.isFit(name: "Ada\nBcc: eve@example.net"))
    }

    @Test("a new subscriber waits for their own confirmation, which works once and answers the same twice")
    func newcomer() throws {
        let waiting = try #require(try join(nil, at: start))
        #expect(waiting.status == .unconfirmed && waiting.owes == OwedRequest(.confirm, version: 1))
        guard case .confirmed(let active) = waiting.confirming(version: 1, consent: consent, at: start + 60) else {
            Issue.record("not confirmed")
            return
        }
        #expect(active.status == .active && active.activeSince == start + 60 && active.consent == consent)
        #expect(active.owes == nil && active.tokenVersion == 2)
        #expect(active.confirming(version: 1, consent: consent, at: start + 90) == .already)
        var left = active
        left.become(.unsubscribed, at: start + 100, reason: "page")
        #expect(
            left.confirming(version: 1, consent: consent, at: start + 200) == .usedUp, "an old link brings nobody back")
    }

    @Test(
        "a former subscriber stays unsubscribed until they confirm again",
        arguments: [SubscriberStatus.unsubscribed, .bounced, .complained, .moved])
    func suppressed(status: SubscriberStatus) throws {
        let gone = Subscriber(id: id, status: status, since: start, address: try address())
        let asked = try #require(try join(gone, at: start + hour))
        #expect(asked.status == status && asked.owes?.request == .confirm)
        guard case .confirmed(let back) = asked.confirming(version: 1, consent: consent, at: start + 2 * hour) else {
            Issue.record("not confirmed")
            return
        }
        #expect(back.status == .active && back.consent == consent)
    }

    @Test("a forgotten person starts again, and a current subscriber is sent the link to their choices")
    func others() throws {
        let forgotten = Subscriber(id: id, status: .forgotten, since: start)
        #expect(try join(forgotten, at: start)?.status == .unconfirmed)
        let active = Subscriber(id: id, status: .active, since: start, address: try address(), name: "Old name")
        let asked = try #require(try join(active, at: start))
        #expect(asked.status == .active && asked.owes?.request == .choices && asked.name == "Old name")
        let spelt = Subscriber.asksToJoin(active, id: id, address: try address("ADA@example.org"), name: nil, at: start)
        #expect(spelt?.address == active.address, "a stranger's spelling changes nothing")
    }

    @Test("a mailbox gets at most one letter an hour, and three in thirty days")
    func limits() throws {
        var record: Subscriber?
        var letters: [TimeInterval] = []
        for minutes in stride(from: 0.0, to: 40 * 24 * 60, by: 20) {
            let time = start + minutes * 60
            if let asked = try join(record, at: time) {
                record = asked
                letters.append(minutes * 60)
            }
        }
        #expect(letters.prefix(3) == [0, hour, 2 * hour])
        for (index, letter) in letters.enumerated() where index >= 3 {
            #expect(letter - letters[index - 3] >= 30 * 24 * hour)
        }
        #expect(letters.count == 6)
    }

    @Test("a choice takes effect at once, and a pause ends by itself on its day")
    func choices() throws {
        let active = Subscriber(id: id, status: .active, since: start, address: try address())
        let today = LocalDate(daysSinceEpoch: 20_000)
        let choice = Subscriber.Choice(name: "Ada", format: .text, pausedUntil: today.adding(days: 10))
        let paused = active.choosing(choice, at: start + hour, today: today)
        #expect(paused.status == .paused && paused.format == .text && paused.pausedUntil == today.adding(days: 10))
        #expect(paused.resuming(on: today.adding(days: 9), at: start + 2 * hour) == nil)
        let back = try #require(paused.resuming(on: today.adding(days: 10), at: start + 2 * hour))
        #expect(back.status == .active && back.pausedUntil == nil && back.activeSince == start + 2 * hour)
        let gone = Subscriber(id: id, status: .unsubscribed, since: start, address: try address())
        #expect(gone.choosing(choice, at: start, today: today) == gone)
    }

    @Test("a new address is confirmed first; then the old record refers to it and owes a letter about it")
    func moving() throws {
        var old = Subscriber(id: id, status: .active, since: start, address: try address(), name: "Ada", format: .text)
        old.consent = consent
        let newID = SubscriberID(high: 2, low: 2)
        let asked = try #require(
            Subscriber.asksToMove(from: old, to: nil, id: newID, address: try address("new@example.net"), at: start))
        #expect(asked.status == .unconfirmed && asked.movedFrom == id && asked.owes?.request == .confirm)
        guard
            case .confirmed(let new) = asked.confirming(version: 1, consent: Consent(how: .web, when: start), at: start)
        else {
            Issue.record("not confirmed")
            return
        }
        let pair = try #require(Subscriber.moved(from: old, to: new, at: start + 1))
        #expect(pair.new.name == "Ada" && pair.new.format == .text && pair.new.consent == consent)
        #expect(pair.old.status == .moved && pair.old.movedTo == newID && pair.old.owes?.request == .changeOfAddress)
        var left = old
        left.become(.unsubscribed, at: start, reason: "page")
        #expect(Subscriber.moved(from: left, to: new, at: start + 1) == nil)
    }

    @Test("a person's data goes when the retention period is over, and not before")
    func reducing() throws {
        let year: TimeInterval = 365 * 24 * hour
        let waiting = try #require(try join(nil, at: start))
        #expect(!waiting.isToBeReduced(at: start + 7 * 24 * hour - 1, keepingUnsubscribed: year))
        #expect(waiting.isToBeReduced(at: start + 7 * 24 * hour, keepingUnsubscribed: year))
        #expect(waiting.reduced(at: start + year) == Subscriber(id: id, status: .forgotten, since: start + year))
        let left = Subscriber(
            id: id, status: .unsubscribed, since: start, address: try address(), name: "Ada", reason: "page")
        #expect(!left.isToBeReduced(at: start + year - 1, keepingUnsubscribed: year))
        #expect(left.isToBeReduced(at: start + year, keepingUnsubscribed: year))
        let rest = left.reduced(at: start + year)
        #expect(rest.address == nil && rest.name == nil && rest.reason == "page" && rest.status == .unsubscribed)
        #expect(rest.statusSince == start && !rest.isToBeReduced(at: start + 2 * year, keepingUnsubscribed: year))
    }

    private func reader(_ status: SubscriberStatus = .active) throws -> Subscriber {
        var reader = Subscriber(id: id, status: .active, since: start - 86_400, address: try address("jo@example.net"))
        reader.become(status, at: start - hour, reason: nil)
        return reader
    }

    @Test("a goodbye is owed once, not sooner than an hour after the last letter, and to nobody who cannot get it")
    func goodbye() throws {
        let left = try #require(try reader().leavingByMail(at: start, answering: true))
        #expect(left.status == .unsubscribed && left.owes?.request == .goodbye && left.asked == [start])
        #expect(left.leavingByMail(at: start + 60, answering: true) == nil)
        var asked = try reader()
        asked.asked = [start - 600]
        #expect(asked.leavingByMail(at: start, answering: true)?.asked.last == start + 3000)
        #expect(try reader().leavingByMail(at: start, answering: false)?.owes == nil)
        #expect(try reader(.bounced).leavingByMail(at: start, answering: true)?.owes == nil)
    }
}
