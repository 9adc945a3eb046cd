import Bulletin
import BulletinSupport
import Curl
import Foundation
import Mailboxes
import Publishing
import Records
import Synchronization
import TestSupport

/// A mailbox with what a bulletin's mailbox holds, read into a state folder of its own. What counts as recognised is what
/// has "bounce" in its subject: what messages are taken for is not this suite's matter.
final class MailboxScene: Sendable {
    let folder: StateFolder
    let journal: MailboxJournal
    let timeouts: MailboxTimeouts
    private let state = Mutex(State())

    private struct State {
        var taken: [(key: String, content: [UInt8])] = []
        var refusals = 0
    }

    struct DiskIsFull: Error {}

    init(in scratch: String, timeouts: MailboxTimeouts = MailboxTimeouts()) throws {
        folder = StateFolder(path: "\(scratch)/state")
        try folder.make(at: TestBulletin.began)
        journal = folder.mailboxJournal()
        self.timeouts = timeouts
    }

    /// The subjects that were taken, in the order in which they were.
    var subjects: [String] { state.withLock { $0.taken.map { Self.subject(of: $0.content) } } }
    var taken: [(key: String, content: [UInt8])] { state.withLock { $0.taken } }

    func forget() { state.withLock { $0.taken = [] } }

    /// The next so many messages cannot be taken.
    func refuseToTake(_ count: Int) { state.withLock { $0.refusals = count } }

    func visit(_ place: MailboxPlace) -> MailboxVisit { MailboxVisit(place, timeouts: timeouts) }

    @discardableResult
    func read(_ place: MailboxPlace, visit: MailboxVisit? = nil) async -> ReadMailbox.Report {
        let reading = ReadMailbox(
            place, visit: visit ?? self.visit(place), journal: journal, now: { TestBulletin.closes }
        ) { [self] content, key, _ in
            try state.withLock { state in
                if state.refusals > 0 {
                    state.refusals -= 1
                    throw DiskIsFull()
                }
                state.taken.append((key, content))
            }
            let subject = Self.subject(of: content)
            if subject.hasPrefix("bounce") { return .dealtWith(.hard) }
            return subject.hasPrefix("broken") ? .setAside("it has a million parts") : .leave
        }
        return await reading()
    }

    static func subject(of content: [UInt8]) -> String {
        let line = content.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "Subject: ".utf8) } ?? []
        return String(decoding: line.dropFirst(9), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    static func message(_ subject: String, _ body: String = "Hello.\n") -> [UInt8] {
        Array("From: ann@example.org\nSubject: \(subject)\n\n\(body)".utf8)
    }
}

extension DovecotInstance {
    func imap(_ change: (inout MailServer) -> Void = { _ in }) -> MailboxPlace {
        place(.imap, imapPort, change)
    }

    func pop3(_ change: (inout MailServer) -> Void = { _ in }) -> MailboxPlace {
        place(.pop3, pop3Port, change)
    }

    private func place(_ access: MailServer.Access, _ port: Int, _ change: (inout MailServer) -> Void) -> MailboxPlace {
        var server = MailServer(access: access, host: "127.0.0.1", port: port, implicitTLS: false)
        (server.tls, server.username, server.password) = (.none, "bounces", "a good password")
        change(&server)
        return .server(server)
    }

    /// Delivers messages with these subjects, named `1.x`, `2.x` and so on.
    func deliver(_ subjects: String...) throws {
        for (index, subject) in subjects.enumerated() {
            try deliver(MailboxScene.message(subject), named: "\(index + 1).x")
        }
    }
}
