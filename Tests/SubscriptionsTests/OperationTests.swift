import Bulletin
import Foundation
import Journal
import Records
import Subscriptions
import TestSupport
import Testing

@Suite("What subscribers do")
struct OperationTests {
    private static let now = Date(timeIntervalSince1970: 1_796_205_600)
    private let old = SubscriberID(high: 1, low: 1)
    private let new = SubscriberID(high: 2, low: 2)

    private func with(_ body: (FileSubscriberList) throws -> Void) throws {
        try withScratchFolder { folder in
            try body(FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk()))
        }
    }

    private func add(_ id: SubscriberID, _ status: SubscriberStatus = .active, to list: FileSubscriberList) throws {
        try list.change(id) { _ in
            Subscriber(
                id: id, status: status, since: Self.now - 86_400,
                address: try EmailAddress("reader\(id.high)@example.net"))
        }
    }

    private func move(_ list: FileSubscriberList) throws {
        try add(old, to: list)
        #expect(
            try list.perform(ChangeAddress(from: old, to: new, EmailAddress("reader2@example.net"), at: Self.now - 60)))
        let consent = Consent(how: .web, when: Self.now)
        let outcome = try list.perform(Confirm(new, version: 1, consent: consent, at: Self.now))
        guard case .confirmed(let record) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(record.id == new && record.status == .active)
    }

    @Test("a confirmed change of address changes both records, and is confirmed once")
    func changeOfAddress() throws {
        try with { list in
            try move(list)
            let moved = try #require(try list.subscriber(old))
            #expect(moved.status == .moved && moved.movedTo == new && moved.owes?.request == .changeOfAddress)
            let again = Confirm(new, version: 1, consent: Consent(how: .web, when: Self.now), at: Self.now + 60)
            guard case .already = try list.perform(again) else {
                Issue.record("confirmed twice")
                return
            }
        }
    }

    @Test(
        "to leave is the same on every way, and follows a change of address",
        arguments: [
            (Leave.Way.page, "page"), (.oneClick, "one-click"), (.mail(written: nil, answering: false), "mail"),
            (.keeper(reason: "phone"), "phone"),
        ])
    func leave(way: Leave.Way, reason: String) throws {
        try with { list in
            try move(list)
            let outcome = try list.perform(Leave(old, by: way, at: Self.now + 60))
            #expect(outcome.last == new && outcome.hasLeft)
            let record = try #require(try list.subscriber(new))
            #expect(record.status == .unsubscribed && record.reason == reason && record.owes == nil)
            #expect(try list.subscriber(old)?.status == .moved)
            #expect(try list.perform(Leave(old, by: way, at: Self.now + 120)).hasLeft == false, "once")
            #expect(try list.perform(Leave(SubscriberID(high: 9, low: 9), by: way, at: Self.now)).last == nil)
        }
    }

    @Test("only a person's own new consent brings them back, unless they paused", arguments: SubscriberStatus.allCases)
    func reactivate(status: SubscriberStatus) throws {
        try with { list in
            try add(old, status, to: list)
            let bare = try list.perform(Reactivate(old, consent: nil, at: Self.now))
            let consent = Consent(how: .phone, when: Self.now, wording: "Yes, please.", by: "ann")
            switch (status, bare) {
            case (.active, .already), (.paused, .reactivated), (.forgotten, .gone), (.moved, .gone): return
            case (_, .needsConsent): break
            default: Issue.record("\(status): \(bare)")
            }
            guard case .reactivated(let record) = try list.perform(Reactivate(old, consent: consent, at: Self.now))
            else {
                Issue.record("\(status)")
                return
            }
            #expect(record.status == .active && record.consent == consent)
        }
    }

    @Test("adding changes nobody who is on the list, and a forgotten person comes back with their own consent")
    func add() throws {
        try with { list in
            let address = try EmailAddress("reader1@example.net")
            let own = Consent(how: .paper, when: Self.now, wording: "Yes, please.")
            func add(_ consent: Consent) throws -> AddSubscriber.Outcome {
                try list.perform(
                    AddSubscriber(old, address: address, SubscriberDetails(), consent: consent, at: Self.now))
            }
            guard case .added = try add(Consent(how: .import, when: nil)), case .there = try add(own) else {
                Issue.record("added twice")
                return
            }
            #expect(try list.perform(Forget(old, at: Self.now)))
            #expect(try !list.perform(Forget(old, at: Self.now + 60)))
            guard case .there = try add(Consent(how: .import, when: nil)), case .added = try add(own) else {
                Issue.record("forgotten")
                return
            }
            var details = SubscriberDetails()
            details.medium = .post
            #expect(throws: UnreachableSubscriber.self) { try list.perform(EditSubscriber(old, details)) }
        }
    }
}
