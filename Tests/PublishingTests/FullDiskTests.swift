import Bulletin
import BulletinSupport
import Curl
import DevelopmentInbox
import Foundation
import Records
import SMTP
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Planning
@testable import Publishing

@Suite("A disk that fills while an issue is sent")
struct FullDiskTests {
    private static let readers = 5

    @Test(
        "loses nothing, and sends nothing twice, whichever verb fails, once or from then on",
        arguments: RiggedDisk.Refusal.allCases, [false, true])
    func everyVerb(refusal: RiggedDisk.Refusal, syncsEachTurn: Bool) async throws {
        // Every third verb is enough to meet each kind at each place, in the two arguments' four runs.
        var verb = 1
        while try await send(refusing: verb, refusal, syncsEachTurn: syncsEachTurn) {
            verb += 3
            try #require(verb < 2000)
        }
        #expect(verb > 10)
    }

    /// One issue to five readers, while the disk refuses that verb and until it relents. Whether it refused any.
    private func send(refusing verb: Int, _ refusal: RiggedDisk.Refusal, syncsEachTurn: Bool) async throws -> Bool {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let disk = RiggedDisk()
                let context = try context(scratch, disk)
                let subscriberList = try context.folder.subscriberList()
                var bulletin = PrepareMailing(context, subscriberList: subscriberList)
                guard case .prepared(var prepared) = try bulletin.begin(Mailing(IssueNumber(1)), at: TestBulletin.sends)
                else {
                    Issue.record("nothing to send")
                    return false
                }
                disk.refuse(at: verb, refusal)
                var hasRefused = false
                var isDone = false
                for _ in 0..<6 where !isDone {
                    switch await pass(prepared, subscriberList, inbox.smtpPort, syncsEachTurn: syncsEachTurn).run() {
                    case .done: isDone = prepared.ledger.counts.isSettled
                    case .cannotRecord(_, let outcomes):
                        hasRefused = disk.relent() || hasRefused
                        let known = Dictionary(outcomes.map { ($0.0, $0.1) }) { $1 }
                        bulletin = PrepareMailing(context, subscriberList: subscriberList)
                        if case .prepared(let again) = try bulletin.begin(
                            Mailing(IssueNumber(1)), known: known, at: TestBulletin.sends)
                        {
                            prepared = again
                        }
                    case let ending: Issue.record("\(verb): ended as \(ending)")
                    }
                }
                hasRefused = disk.relent() || hasRefused
                #expect(isDone, "\(verb)")
                #expect(prepared.ledger.counts.accepted == Self.readers, "\(verb)")
                let received = inbox.counts().byRecipient
                #expect(
                    received.count == Self.readers && received.values.allSatisfy { $0 == 1 }, "\(verb): \(received)")
                return hasRefused
            }
        }
    }

    private func pass(
        _ prepared: Deliver.PreparedMailing, _ subscriberList: any SubscriberList, _ port: Int, syncsEachTurn: Bool
    ) -> Deliver {
        let relay = Relay(host: "127.0.0.1", port: port, tls: .none, hello: "mail.example.org", connections: 2)
        let options = Deliver.Options(
            relays: [relay], traffic: RelayTraffic(), backoff: Backoff(first: 1, most: 1, giveUpAfter: 86_400),
            syncInterval: syncsEachTurn ? .zero : .seconds(1), resendsUnknown: true)
        return Deliver(
            prepared, subscriberList: subscriberList, options: options, now: { TestBulletin.sends }, notice: { _ in },
            observe: { _, _ in })
    }

    /// Issue 1 is closed, its time has come, and five readers wait for it.
    private func context(_ scratch: String, _ disk: RiggedDisk) throws -> PublishingContext {
        var context: PublishingContext?
        try TestBulletin.with(in: scratch, disk: disk) { bulletin in
            try bulletin.queue("Tablets to borrow")
            let tokenKeys = try bulletin.context.folder.tokenKeys()
            let subscriberList = try bulletin.context.folder.subscriberList()
            for index in 0..<Self.readers {
                let address = try EmailAddress("reader\(index)@example.org")
                let id = tokenKeys.id(for: address)
                _ = try subscriberList.change(id) { _ in
                    Subscriber(
                        id: id, status: .active, since: TestBulletin.began, address: address,
                        consent: Consent(how: .import, when: nil))
                }
            }
            try bulletin.look(at: TestBulletin.closes)
            context = bulletin.context
        }
        return try #require(context)
    }
}
