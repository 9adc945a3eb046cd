import Bulletin
import Foundation
import Planning
import Records
import Settings
import TestSupport
import Tokens

/// A bulletin with subscribers, a sent issue and a ledger, on a still clock: issue 1 was sent on 2 December 2026.
struct SmallBulletin {
    let scratch: String
    let context: PublishingContext
    var folder: StateFolder { context.folder }
    var path: String { folder.path }

    static let sent = Date(timeIntervalSince1970: 1_796_205_600)

    static func with(_ body: (SmallBulletin) throws -> Void) throws {
        try withScratchFolder { scratch in
            let text = """
                bulletin: {name: Example eBulletin, from: bulletin@example.org, postalAddress: 1 Example Street}
                schedule: {timezone: Europe/London, first: 2026-12-02 10:00}
                smtp: {url: "smtp://127.0.0.1:2525", tls: none}
                web: {publicURL: "https://bulletin.example.org"}
                """
            try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
            let configuration = try Configuration.load(path: "\(scratch)/fortnight.yaml", environment: [:])
            let folder = StateFolder(path: "\(scratch)/state")
            try folder.make(at: sent - 20 * 86_400)
            let bulletin = SmallBulletin(
                scratch: scratch, context: PublishingContext(configuration: configuration, folder: folder))
            try bulletin.fill()
            try body(bulletin)
        }
    }

    private func fill() throws {
        let ids = try (1...5).map { try join("reader\($0)@example.org", at: Self.sent - 86_400) }
        _ = try folder.queue.add { id in
            Item(
                id: id, uid: "\(id)@example.org", kind: .notice, title: "Tablets", timezone: "Europe/London",
                summary: "To borrow.", addedAt: Self.sent - 86_400 * 9, addedBy: "ann")
        }
        let issue = IssueNumber(1)
        try folder.issues.save(
            Issue(
                number: issue, slot: Self.sent, sends: Self.sent, closedAt: Self.sent - 86_400 * 7, introduction: nil,
                items: [], leftOut: []))
        try folder.issues.save(
            Editions(subject: "Hello", mailHTML: "<p>", mailText: "Hello", webHTML: "<p>", webText: "Hello"), of: issue)
        try folder.issues.save(IssueStatus(.closed, since: Self.sent), of: issue)
        _ = try folder.issues.fix(issue)
        let ledger = folder.ledger(Mailing(issue))
        try ledger.begin(try folder.subscriberList().audience(at: Self.sent), at: Self.sent)
        try ledger.record(settled: [], handed: ids, at: Self.sent + 1)
        try ledger.record(
            settled: ids.map { ($0, .accepted(Reply(code: 250, text: "Ok"))) }, handed: [], at: Self.sent + 2)
        try ledger.finish()
        try folder.issues.apply(.begins, to: Mailing(issue), at: Self.sent)
        try folder.issues.apply(.settled(ledger.counts), to: Mailing(issue), at: Self.sent + 2)
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
