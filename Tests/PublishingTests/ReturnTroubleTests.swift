import Bulletin
import BulletinSupport
import Curl
import Foundation
import Logging
import Mailboxes
import Planning
import Publishing
import Records
import TestSupport
import Testing
import Tokens

@Suite("A mailbox that is read on a disk that refuses")
struct ReturnTroubleTests {
    private static let now = TestBulletin.at("2026-12-02T10:05")
    private static let came = ["postfix-delayed", "postfix-unknown", "arf-abuse", "person-asks-about-550"]

    @Test(
        "takes each message once in the end, and leaves a person's as it was, whichever write fails",
        arguments: RiggedDisk.Refusal.allCases, [false, true])
    func everyWrite(refusal: RiggedDisk.Refusal, isKill: Bool) async throws {
        var write = 1
        while try await read(refusing: write, refusal, isKill: isKill) {
            write += 1
            try #require(write < 500)
        }
        #expect(write > 10, "\(write)")
    }

    /// Reads until nothing is left to do, with trouble at that write. Whether there was any.
    private func read(refusing write: Int, _ refusal: RiggedDisk.Refusal, isKill: Bool) async throws -> Bool {
        try await withScratchFolder { scratch in
            let disk = RiggedDisk()
            let maildir = "\(scratch)/Maildir"
            let jo = try makeReader(scratch)
            try deliver(to: maildir)
            var reading = try Reading(scratch, disk)
            disk.refuse(at: write, refusal, changes: true)
            for _ in 0..<5 {
                await reading.read(maildir)
                guard disk.hasRefused else { continue }
                if isKill { reading = try Reading(scratch, RiggedDisk()) } else { disk.relent() }
            }
            let folder = try Self.context(scratch, RiggedDisk()).folder
            let reader = try #require(try folder.subscriberList().subscriber(jo))
            let hint: Comment = "\(refusal) \(write): \(reader.returns.map(\.class))"
            #expect(reader.status == .complained, hint)
            #expect(reader.returns.map(\.class.rawValue).sorted() == ["complaint", "delayed", "hard"], hint)
            #expect(try folder.returnStore().entries(since: .distantPast).count == 3, hint)
            let files = FileManager.default
            #expect(try files.contentsOfDirectory(atPath: "\(maildir)/new") == ["3.a"], hint)
            #expect(try files.contentsOfDirectory(atPath: "\(maildir)/.Fortnight/new").count == 3, hint)
            return disk.hasRefused
        }
    }

    /// One daemon's reading.
    private struct Reading {
        let taking: TakeReturns
        let journal: MailboxJournal

        init(_ scratch: String, _ disk: RiggedDisk) throws {
            let context = try ReturnTroubleTests.context(scratch, disk)
            journal = context.folder.mailboxJournal()
            taking = try TakeReturns(
                context, subscriberList: context.folder.subscriberList(),
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        func read(_ maildir: String) async {
            let place = MailboxPlace.maildir(maildir)
            let visit = MailboxVisit(place, timeouts: MailboxTimeouts())
            _ = await ReadMailbox(place, visit: visit, journal: journal, now: { ReturnTroubleTests.now }) {
                try taking($0, key: $1, at: $2)
            }()
        }
    }

    private static func context(_ scratch: String, _ disk: RiggedDisk) throws -> PublishingContext {
        var context: PublishingContext?
        let sections = "delivery: {returnAddress: bounces@example.org}\nmailbox: {url: \"maildir:/mail\"}"
        try TestBulletin.with(in: scratch, disk: disk, sections: sections) { context = $0.context }
        return try #require(context)
    }

    /// jo@example.net of the samples, on a roll whose secret is theirs.
    private func makeReader(_ scratch: String) throws -> SubscriberID {
        let folder = try Self.context(scratch, RiggedDisk()).folder
        #expect(
            FileManager.default.createFile(
                atPath: "\(folder.path)/secret", contents: Data(0..<32), attributes: [.posixPermissions: 0o600]))
        let address = try EmailAddress("jo@example.net")
        let id = TakeReturnsTests.tokenKeys.id(for: address)
        try folder.subscriberList().change(id) { _ in
            Subscriber(id: id, status: .active, since: Self.now - 86_400, address: address)
        }
        return id
    }

    private func deliver(to maildir: String) throws {
        for part in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(atPath: "\(maildir)/\(part)", withIntermediateDirectories: true)
        }
        for (index, sample) in Self.came.enumerated() {
            try Data(TakeReturnsTests.sample(sample)).write(to: URL(fileURLWithPath: "\(maildir)/new/\(index).a"))
        }
    }
}
