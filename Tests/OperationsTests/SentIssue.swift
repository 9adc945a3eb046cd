import Bulletin
import BulletinSupport
import Foundation
import Planning
import Records
import Tokens

/// A bulletin with subscribers, a ledger and a sent issue: issue 1 went out on 2 December 2026.
extension TestBulletin {
    var folder: StateFolder { context.folder }
    var path: String { folder.path }

    static func withSentIssue(_ body: (TestBulletin) throws -> Void) throws {
        try with { bulletin in
            try bulletin.sendIssue()
            try body(bulletin)
        }
    }

    private func sendIssue() throws {
        let ids = try (1...5).map { try join("reader\($0)@example.org", at: Self.sends - 86_400) }
        _ = try folder.queue.add { id in
            Item(
                id: id, uid: "\(id)@example.org", kind: .notice, title: "Tablets", timezone: "Europe/London",
                summary: "To borrow.", addedAt: Self.sends - 86_400 * 9, addedBy: "ann")
        }
        let issue = IssueNumber(1)
        try folder.issues.save(
            Issue(
                number: issue, slot: Self.sends, sends: Self.sends, closedAt: Self.sends - 86_400 * 7,
                introduction: nil,
                items: [], leftOut: []))
        try folder.issues.save(
            Editions(subject: "Hello", mailHTML: "<p>", mailText: "Hello", webHTML: "<p>", webText: "Hello"), of: issue)
        try folder.issues.save(IssueStatus(.closed, since: Self.sends), of: issue)
        _ = try folder.issues.fix(issue)
        let ledger = folder.ledger(Mailing(issue))
        try ledger.begin(try folder.subscriberList().audience(at: Self.sends), at: Self.sends)
        try ledger.record(settled: [], handed: ids, at: Self.sends + 1)
        try ledger.record(
            settled: ids.map { ($0, .accepted(Reply(code: 250, text: "Ok"))) }, handed: [], at: Self.sends + 2)
        try ledger.finish()
        try folder.issues.apply(.begins, to: Mailing(issue), at: Self.sends)
        try folder.issues.apply(.settled(ledger.counts), to: Mailing(issue), at: Self.sends + 2)
    }

    @discardableResult
    func join(_ address: String, at time: Date) throws -> SubscriberID {
        let address = try EmailAddress(address)
        let id = try folder.tokenKeys().id(for: address)
        try folder.subscriberList().change(id) { _ in
            Subscriber(
                id: id, status: .active, since: time, address: address, consent: Consent(how: .phone, when: time))
        }
        return id
    }

    func leave(_ address: String, at time: Date) throws {
        let id = try folder.tokenKeys().id(for: EmailAddress(address))
        try folder.subscriberList().change(id) { person in
            var person = person
            person?.become(.unsubscribed, at: time, reason: "one-click")
            return person
        }
    }

    func status(of address: String, in folder: StateFolder? = nil) throws -> SubscriberStatus? {
        let folder = folder ?? self.folder
        return try folder.subscriberList().subscriber(folder.tokenKeys().id(for: EmailAddress(address)))?.status
    }

    /// Changes the text of a file below the state folder.
    func spoil(_ name: String, _ change: (inout String) -> Void) throws {
        var text = try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
        change(&text)
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    }
}
