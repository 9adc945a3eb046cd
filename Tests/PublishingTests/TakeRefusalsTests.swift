import Bulletin
import BulletinSupport
import Foundation
import Planning
import Publishing
import Records
import TestSupport
import Testing
import Tokens

@Suite("Taking what the relay refused")
struct TakeRefusalsTests {
    /// A sent issue whose reader the relay answered so.
    private struct Scene {
        let context: PublishingContext
        let subscriberList: FileSubscriberList
        let reader: SubscriberID

        func refuse(_ number: Int, _ reply: Reply, at time: Date) throws {
            let mailing = Mailing(IssueNumber(number))
            let ledger = context.folder.ledger(mailing)
            try ledger.begin(try subscriberList.audience(at: time), at: time)
            try ledger.record(settled: [], handed: [reader], at: time)
            try ledger.record(settled: [(reader, .refused(reply))], handed: [], at: time)
            try ledger.finish()
        }

        func take(_ number: Int = 1) throws -> Int {
            try TakeRefusals(context, subscriberList: subscriberList)(Mailing(IssueNumber(number)))
        }

        func record() throws -> Subscriber { try #require(try subscriberList.subscriber(reader)) }
    }

    private func with(_ body: (Scene) throws -> Void) throws {
        try TestBulletin.with { bulletin in
            let subscriberList = try bulletin.context.folder.subscriberList()
            let address = try EmailAddress("jo@example.net")
            let id = try bulletin.context.folder.tokenKeys().id(for: address)
            try subscriberList.change(id) { _ in
                Subscriber(id: id, status: .active, since: TestBulletin.began, address: address)
            }
            try body(Scene(context: bulletin.context, subscriberList: subscriberList, reader: id))
        }
    }

    private static let nobody = Reply(
        code: 550, enhanced: EnhancedCode(5, 1, 1), text: "<jo@example.net>: Recipient address rejected: User unknown")

    @Test("leaves off at once who has no mailbox, tells why without an address, and changes nothing a second time")
    func nobody() throws {
        try with { scene in
            try scene.refuse(1, Self.nobody, at: TestBulletin.sends)
            #expect(try scene.take() == 1)
            let record = try scene.record()
            #expect(record.status == .bounced && record.reason == "no such mailbox, 5.1.1")
            #expect(record.returns.map(\.story) == ["issue 1: no such mailbox, 5.1.1"])
            #expect(record.returns[0].words.contains("User unknown") && !record.returns[0].words.contains("@"))
            #expect(try scene.take() == 0)
            #expect(try scene.record() == record)
        }
    }

    @Test(
        "leaves off at once who is refused for good without a reason",
        arguments: [
            Reply(code: 550, text: "No"), Reply(code: 553, text: "mailbox name not allowed"),
            Reply(code: 551, enhanced: EnhancedCode(5, 0, 0), text: "not here"),
        ])
    func withoutReason(reply: Reply) throws {
        try with { scene in
            try scene.refuse(1, reply, at: TestBulletin.sends)
            #expect(try scene.take() == 1)
            #expect(try scene.record().status == .bounced)
        }
    }

    @Test("does not take off again who was brought back since")
    func reactivated() throws {
        try with { scene in
            try scene.refuse(1, Self.nobody, at: TestBulletin.sends)
            _ = try scene.take()
            try scene.subscriberList.change(scene.reader) { record in
                var record = record
                record?.become(.active, at: TestBulletin.sends + 3600, reason: "reactivated")
                return record
            }
            #expect(try scene.take() == 0)
            #expect(try scene.record().status == .active)
        }
    }

    @Test(
        "does not hold against a mailbox what is not its fault, nor once what may pass",
        arguments: [
            Reply(code: 0, enhanced: EnhancedCode(4, 4, 7), text: "given up after 2 days"),
            Reply(code: 0, enhanced: EnhancedCode(5, 6, 7), text: "the relay takes no addresses beyond ASCII"),
            Reply(code: 554, enhanced: EnhancedCode(5, 7, 1), text: "Relay access denied"),
            Reply(code: 552, enhanced: EnhancedCode(5, 2, 2), text: "Mailbox full"),
            Reply(code: 554, text: "Transaction failed"),
            Reply(code: 550, enhanced: EnhancedCode(5, 5, 1), text: "bad sequence"),
            Reply(code: 552, enhanced: EnhancedCode(5, 3, 4), text: "too large"),
        ])
    func spared(reply: Reply) throws {
        try with { scene in
            try scene.refuse(1, reply, at: TestBulletin.sends)
            #expect(try scene.take() == 0)
            #expect(try scene.record().status == .active)
        }
    }

    @Test("finds no fault where there is no ledger yet")
    func none() throws {
        try with { scene in
            let left = try scene.take()
            #expect(left == 0)
        }
    }
}
