import Basics
import Bulletin
import BulletinSupport
import DevelopmentInbox
import Foundation
import Journal
import Logging
import Planning
import Publishing
import Records
import Settings
import TestSupport
import Testing

/// What people wish by mail, and the letters that answer it, through a real relay.
@Suite("Letters that answer mail")
struct MailedAnswersTests {
    private static let start = TestBulletin.at("2026-12-02T10:05")

    private static func message(from: String, to: String, _ words: String = "") -> [UInt8] {
        Array("From: \(from)\nTo: \(to)\nSubject: hello\nMessage-ID: <\(to).\(from)>\n\n\(words)\n".utf8)
    }

    @Test("go out once to who asks for help, joins and leaves, and no sooner than an hour after each other")
    func letters() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let context = try Self.context(in: scratch, smtpPort: inbox.smtpPort)
                let (subscriberList, log) = (
                    try context.folder.subscriberList(), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let take = try TakeReturns(context, subscriberList: subscriberList, log: log)
                var requests = SendLetters(RequestLetters(context, subscriberList: subscriberList), log: log)
                var help = SendLetters(HelpLetters(context), log: log)
                let jo = "jo@example.net"

                #expect(
                    try take(Self.message(from: jo, to: "bounces+help@example.org"), key: "1", at: Self.start)
                        == .dealtWith(.help))
                for _ in 0..<2 {
                    await help(at: Self.start)
                    await requests(at: Self.start)
                }
                #expect(inbox.messages().map(\.subject) == ["How it works by mail: Example eBulletin"])
                #expect(inbox.messages()[0].recipients == [jo])

                let hour = Self.start + 3601
                _ = try take(Self.message(from: jo, to: "bounces+subscribe@example.org"), key: "2", at: hour)
                for _ in 0..<2 {
                    await help(at: hour)
                    await requests(at: hour)
                }
                #expect(inbox.messages().map(\.subject).last == "Please confirm: Example eBulletin")
                let confirm = try #require(inbox.messages().last.flatMap { inbox.contents(of: $0.id) })
                let text = String(decoding: confirm, as: UTF8.self).replacing("\r\n ", with: " ")
                let field = try #require(text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Reply-To: ") })
                let address = field.dropFirst("Reply-To:".count).trimmingCharacters(in: .whitespaces)
                #expect(address.hasPrefix("bounces+confirm.") && text.contains("Auto-Submitted: auto-generated"))

                #expect(
                    try take(Self.message(from: jo, to: address, "Yes"), key: "3", at: hour + 60)
                        == .dealtWith(.subscribe))
                #expect(try subscriberList.counts()[.active] == 1)

                _ = try take(
                    Self.message(from: jo, to: "bulletin@example.org", "Unsubscribe"), key: "4", at: hour + 120)
                #expect(try subscriberList.counts()[.unsubscribed] == 1)
                for _ in 0..<2 {
                    await help(at: hour + 120)
                    await requests(at: hour + 120)
                }
                #expect(inbox.messages().map(\.subject).last == "You have left: Example eBulletin")
                #expect(inbox.messages().count == 3, "each letter once")
            }
        }
    }

    @Test("are not repeated while the disk takes no word of their having gone, however long, and go on when it does")
    func fullDisk() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let disk = RiggedDisk()
                let context = try Self.context(in: scratch, smtpPort: inbox.smtpPort, disk: disk)
                let (subscriberList, log) = (
                    try context.folder.subscriberList(), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let take = try TakeReturns(context, subscriberList: subscriberList, log: log)
                let delay = RetryDelay(first: .zero, most: .zero)
                var requests = SendLetters(
                    RequestLetters(context, subscriberList: subscriberList), log: log, delay: delay)
                var help = SendLetters(HelpLetters(context), log: log, delay: delay)
                for (key, reader) in ["ann", "bob", "cat"].enumerated() {
                    let message = Self.message(from: "\(reader)@example.net", to: "bounces+subscribe@example.org")
                    _ = try take(message, key: "\(key)", at: Self.start)
                }
                _ = try take(
                    Self.message(from: "dan@example.net", to: "bounces+help@example.org"), key: "h", at: Self.start)
                disk.refuse(at: 1, .fromThenOn, changes: true)
                for _ in 0..<5 {
                    await help(at: Self.start)
                    await requests(at: Self.start)
                }
                let sent = inbox.counts().byRecipient
                #expect(!sent.isEmpty && sent.values.allSatisfy { $0 == 1 }, "\(sent)")
                #expect(disk.relent())
                for _ in 0..<5 {
                    await help(at: Self.start)
                    await requests(at: Self.start)
                }
                #expect(try subscriberList.owing().isEmpty)
                for reader in ["ann", "bob", "cat"] {
                    #expect(inbox.counts().byRecipient["\(reader)@example.net"] == 1)
                }
                #expect(inbox.counts().byRecipient["dan@example.net"] == 1)
            }
        }
    }

    static func context(in scratch: String, smtpPort: Int, disk: any Disk = SystemDisk()) throws
        -> PublishingContext
    {
        let templates = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        let text = """
            bulletin: {name: Example eBulletin, from: bulletin@example.org, postalAddress: 1 Example Street}
            schedule: {first: 2026-12-02 10:00}
            smtp: {url: "smtp://127.0.0.1:\(smtpPort)", tls: none}
            delivery: {returnAddress: bounces@example.org}
            mailbox: {url: "maildir:/mail"}
            web: {publicURL: "https://bulletin.example.org"}
            templates: \(templates.standardizedFileURL.path)
            """
        try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: "\(scratch)/fortnight.yaml", environment: [:])
        let folder = StateFolder(path: "\(scratch)/state", disk: disk)
        try folder.make(at: start)
        return PublishingContext(configuration: configuration, folder: folder)
    }
}
