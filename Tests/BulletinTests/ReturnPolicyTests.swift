import Bulletin
import Foundation
import Testing

@Suite("The consequences of returns")
struct ReturnPolicyTests {
    private static let start = Date(timeIntervalSince1970: 1_796_205_600)
    /// Every issue from 20 to 60 was sent, a fortnight apart.
    private static let sent = (20...60).map { IssueNumber($0) }

    private func reader(_ status: SubscriberStatus = .active) throws -> Subscriber {
        var reader = Subscriber(
            id: SubscriberID(high: 1, low: 2), status: .active, since: Self.start - 86_400,
            address: try EmailAddress("jo@example.net"))
        reader.become(status, at: Self.start - 3600, reason: nil)
        return reader
    }

    private func time(_ issue: Int) -> Date { Self.start + TimeInterval(issue - 24) * 14 * 86_400 }

    private func note(_ issue: Int, _ code: String, at time: Date? = nil) throws -> ReturnNote {
        let status = try #require(EnhancedCode(code))
        let cause = ReturnCause(status)
        return ReturnNote(
            at: time ?? self.time(issue), mailing: Mailing(IssueNumber(issue)),
            class: status.klass == 5 && cause.isOfAddress ? .hard : .soft, cause: cause, status: status)
    }

    /// The status after those returns, one after the other.
    private func status(_ returns: (Int, String)..., sent: [IssueNumber] = sent) throws -> SubscriberStatus {
        var reader = try reader()
        for (issue, code) in returns {
            reader = reader.taking(try note(issue, code), sentAt: nil, sent: sent) ?? reader
        }
        return reader.status
    }

    @Test(
        "an address that does not exist is stopped at once",
        arguments: ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"])
    func badAddress(code: String) throws { #expect(try status((24, code)) == .bounced) }

    @Test(
        "a permanent refusal stops an address at once, even without a reason", arguments: ["5.0.0", "5.3.0"])
    func refused(code: String) throws {
        #expect(try status((24, code)) == .bounced)
        #expect(try status((24, "4.2.2"), (24, code)) == .bounced, "a delay that was given up")
    }

    @Test("temporary failures stop an address with the third issue in a row, over four weeks")
    func soft() throws {
        #expect(try status((24, "4.2.2"), (25, "5.2.2")) == .active)
        #expect(try status((24, "4.2.2"), (25, "5.2.2"), (26, "4.4.1")) == .bounced)
        #expect(try status((24, "4.2.2"), (26, "5.2.2"), (27, "4.4.1")) == .active, "issue 25 arrived")
        #expect(
            try status((24, "4.2.2"), (26, "5.2.2"), (28, "4.4.1"), sent: [24, 26, 28].map { IssueNumber($0) })
                == .bounced, "what was skipped is no success")
        var reader = try reader()
        for issue in 24...30 {
            let note = try note(issue, "4.2.2", at: Self.start + TimeInterval(issue))
            reader = try #require(reader.taking(note, sentAt: nil, sent: Self.sent))
        }
        #expect(reader.status == .active, "a week of failures is not four")
    }

    @Test(
        "our own faults, and delays, stop nobody",
        arguments: ["5.5.2", "5.6.1", "5.3.4", "5.2.3", "5.1.8"])
    func ours(code: String) throws {
        #expect(try status((24, code), (25, code), (26, code), (27, code)) == .active)
        let delay = ReturnNote(at: Self.start, mailing: Mailing(IssueNumber(24)), class: .delayed)
        let reader = try #require(try reader().taking(delay, sentAt: nil, sent: Self.sent))
        #expect(reader.status == .active && reader.returns == [delay])
    }

    @Test("the same return twice changes nothing")
    func twice() throws {
        let once = try #require(try reader().taking(try note(24, "5.1.1"), sentAt: nil, sent: Self.sent))
        #expect(once.reason == "no such mailbox, 5.1.1" && once.statusSince == time(24))
        #expect(once.taking(try note(24, "5.1.1", at: time(30)), sentAt: nil, sent: Self.sent) == nil)
    }

    @Test("a late return of mail from before a new consent does not count")
    func late() throws {
        var reader = try reader(.bounced)
        reader.become(.active, at: time(30), reason: "reactivated")
        let late = try #require(
            reader.taking(try note(24, "5.1.1", at: time(30) + 60), sentAt: time(24), sent: Self.sent))
        #expect(late.status == .active && late.returns.count == 1)
        let fresh = try #require(reader.taking(try note(31, "5.1.1"), sentAt: time(31), sent: Self.sent))
        #expect(fresh.status == .bounced)
    }

    @Test("a complaint stops mail for good, and never reactivates a former subscriber")
    func complaint() throws {
        let complaint = ReturnNote(at: Self.start, mailing: Mailing(IssueNumber(24)), class: .complaint)
        for status in [SubscriberStatus.active, .paused, .unconfirmed, .bounced] {
            let reader = try #require(try reader(status).taking(complaint, sentAt: nil, sent: []))
            #expect(reader.status == .complained && reader.owes == nil)
        }
        for status in [SubscriberStatus.unsubscribed, .complained, .moved] {
            #expect(try reader(status).taking(complaint, sentAt: nil, sent: [])?.status == status)
        }
        #expect(try reader(.forgotten).taking(complaint, sentAt: nil, sent: []) == nil)
    }

    @Test("the last returns are kept, however many come")
    func bounded() throws {
        var reader = try reader(.unsubscribed)
        for issue in 1...40 { reader = reader.taking(try note(issue, "4.2.2"), sentAt: nil, sent: []) ?? reader }
        #expect(reader.returns.compactMap(\.mailing?.issue.value) == Array(29...40))
    }

    @Test("a server's text is kept on one line, without an address")
    func words() {
        #expect(
            ServerWords.clean(
                "550-5.1.1 <jo@example.net>: User\r\n unknown;\u{1B}[31m mailto:jo@example.net. (see jo@x)")
                == "550-5.1.1 <[address]>: User unknown; [31m mailto:[address] (see [address])")
        #expect(ServerWords.clean(String(repeating: "x ", count: 10_000)).count <= ServerWords.most)
        #expect(ServerWords.clean(String(repeating: "x", count: 10_000)).count <= ServerWords.most)
    }
}
