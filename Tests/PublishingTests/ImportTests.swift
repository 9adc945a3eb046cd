import Bulletin
import BulletinSupport
import Foundation
import Intake
import Planning
import Publishing
import Records
import Subscriptions
import TestSupport
import Testing
import Tokens

@Suite("Importing subscribers")
struct ImportTests {
    private func take(_ text: String, into folder: StateFolder) throws -> ImportSubscribers.Tally {
        var chunks = [Array(text.utf8)]
        var rows = try SubscriberRows { chunks.popLast() }
        var taking = ImportSubscribers(
            into: try folder.subscriberList(), tokenKeys: try folder.tokenKeys(), how: .import, at: TestBulletin.began)
        while let row = try rows.next() {
            switch row {
            case .entry(let entry, _): try taking.take(entry)
            case .reject: taking.reject()
            }
        }
        try taking.finish()
        return taking.tally
    }

    @Test("takes good rows, tells bad ones, and changes nothing the second time")
    func twice() throws {
        try TestBulletin.with { bulletin in
            let text =
                "name,email\r\nAnn,ann@example.org\r\nBob,not an address\r\n\"Eve, the first\",eve@example.org\r\n"
            let first = try take("\u{FEFF}" + text, into: bulletin.context.folder)
            #expect((first.added, first.rejected) == (2, 1))
            let second = try take(text, into: bulletin.context.folder)
            #expect((second.added, second.known, second.rejected) == (0, 2, 1))
            #expect(try bulletin.context.folder.subscriberList().counts()[.active] == 2)
        }
    }

    @Test("never brings back who left, and takes a leaving from a file")
    func suppressed() throws {
        try TestBulletin.with { bulletin in
            _ = try take("email\nann@example.org\nbob@example.org\n", into: bulletin.context.folder)
            let subscriberList = try bulletin.context.folder.subscriberList()
            let ann = try bulletin.context.folder.tokenKeys().id(for: EmailAddress("ann@example.org"))
            try subscriberList.change(ann) { old in
                var new = old
                new?.become(.unsubscribed, at: TestBulletin.began, reason: "phone")
                return new
            }
            let tally = try take(
                "email,status\nANN@example.org,active\nbob@example.org,unsubscribed\n", into: bulletin.context.folder)
            #expect((tally.suppressed, tally.noted) == (1, 1))
            #expect(try subscriberList.counts()[.unsubscribed] == 2)
        }
    }

    @Test("knows a letter box again, and one person twice in a file")
    func postal() throws {
        try TestBulletin.with { bulletin in
            let text =
                "email,name,post,medium\n,Irene Walsh,14 Example Terrace,post\nann@example.org,,,\nann@example.org,,,\n"
            let first = try take(text, into: bulletin.context.folder)
            let second = try take(text, into: bulletin.context.folder)
            #expect((first.added, second.added) == (2, 0))
        }
    }
}
