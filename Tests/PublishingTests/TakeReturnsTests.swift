import Bulletin
import BulletinSupport
import Foundation
import Logging
import Planning
import Publishing
import Records
import Subscriptions
import TestSupport
import Testing
import Tokens

@Suite("Taking what the mailbox brought")
struct TakeReturnsTests {
    static let now = TestBulletin.at("2026-12-02T10:05")
    static let tokenKeys = TokenKeys(secret: Array(0..<32))

    struct Setting {
        let bulletin: TestBulletin
        let subscriberList: FileSubscriberList
        let jo: SubscriberID

        func take(_ message: [UInt8], key: String = "1", at time: Date = now) throws -> TakeReturns.Taken {
            let taking = try TakeReturns(
                bulletin.context, subscriberList: subscriberList,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return try taking(message, key: key, at: time)
        }

        func take(_ sample: String, key: String = "1", at time: Date = now) throws -> TakeReturns.Taken {
            try take(TakeReturnsTests.sample(sample), key: key, at: time)
        }

        func reader(_ id: SubscriberID? = nil) throws -> Subscriber? { try subscriberList.subscriber(id ?? jo) }
        func book() throws -> [ReturnStore.Entry] {
            try bulletin.context.folder.returnStore().entries(since: .distantPast)
        }
    }

    static func sample(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../MailTests/Returns")
        return Array(try Data(contentsOf: folder.appending(path: "\(name).eml")))
    }

    /// An office whose secret is that of the samples, with jo@example.net on its roll.
    private func with(_ status: SubscriberStatus = .active, _ body: (Setting) throws -> Void) throws {
        try TestBulletin.with(
            sections: "delivery: {returnAddress: bounces@example.org}\nmailbox: {url: \"maildir:/mail\"}"
        ) {
            bulletin in
            let secret = "\(bulletin.context.folder.path)/secret"
            #expect(
                FileManager.default.createFile(
                    atPath: secret, contents: Data(0..<32), attributes: [.posixPermissions: 0o600]))
            let jo = Self.tokenKeys.id(for: try EmailAddress("jo@example.net"))
            let subscriberList = try bulletin.context.folder.subscriberList()
            try subscriberList.change(jo) { _ in
                var reader = Subscriber(
                    id: jo, status: .active, since: Self.now - 86_400 * 30, address: try EmailAddress("jo@example.net"))
                reader.become(status, at: Self.now - 86_400, reason: "test")
                return reader
            }
            try body(Setting(bulletin: bulletin, subscriberList: subscriberList, jo: jo))
        }
    }

    private func changed(_ sample: String, _ old: String, _ new: String) throws -> [UInt8] {
        let text = String(decoding: try Self.sample(sample), as: UTF8.self)
        #expect(text.contains(old))
        return Array(text.replacing(old, with: new).utf8)
    }

    // MARK: Failures

    @Test("leaves off who has no mailbox any more, and keeps the story without an address")
    func hard() throws {
        try with { context in
            #expect(try context.take("postfix-unknown") == .dealtWith(.hard))
            let jo = try #require(try context.reader())
            #expect(jo.status == .bounced && jo.reason == "no such mailbox, 5.1.1")
            #expect(jo.returns.map(\.story) == ["issue 24: no such mailbox, 5.1.1"])
            #expect(jo.returns[0].words.contains("User unknown") && !jo.returns[0].words.contains("@"))
            let book = try String(
                contentsOfFile: "\(context.bulletin.context.folder.path)/returns/returns.jsonl", encoding: .utf8)
            #expect(book.contains("\"became\":\"bounced\"") && !book.contains("@"))
        }
    }

    @Test("changes nothing by the same report, under its key or another, nor after a crash before it was noted")
    func twice() throws {
        try with { context in
            _ = try context.take("postfix-unknown")
            try context.subscriberList.change(context.jo) { record in
                var jo = record
                jo?.become(.active, at: Self.now + 60, reason: "reactivated")
                return jo
            }
            let before = try context.reader()
            for key in ["1", "2"] {
                #expect(try context.take("postfix-unknown", key: key, at: Self.now + 120) == .dealtWith(.hard))
            }
            #expect(try context.book().count == 1)
            // As if the daemon had been killed before the book was written.
            try FileManager.default.removeItem(atPath: "\(context.bulletin.context.folder.path)/returns/returns.jsonl")
            #expect(try context.take("postfix-unknown", key: "3", at: Self.now + 180) == .dealtWith(.hard))
            #expect(try context.reader() == before)
        }
    }

    @Test(
        "leaves a forged return in the mailbox, and everybody on the roll",
        arguments: ["postfix-unknown", "arf-abuse", "qmail-unknown"])
    func forged(sample: String) throws {
        try with { context in
            let text = String(decoding: try Self.sample(sample), as: UTF8.self)
            let forged = text.replacing("gmpkjva7kcszssxh", with: "gmpkjva7kcszssxa").replacing(
                "sa2sepjg5xoufuvu", with: "sa2sepjg5xoufuva"
            )
            .replacing("cfgovygz5v7qyxtxrcdgmaguei", with: "cfgovygz5v7qyxtxrcdgmagueq")
            #expect(forged != text)
            let before = try context.reader()
            #expect(try context.take(Array(forged.utf8)) == .leave)
            #expect(try context.reader() == before && context.book().isEmpty)
        }
    }

    @Test("lets a late return of what was sent before they came back say nothing of them now")
    func late() throws {
        try with { context in
            let audience = try context.subscriberList.audience(at: Self.now - 3600)
            try context.bulletin.context.folder.ledger(Mailing(IssueNumber(24))).begin(audience, at: Self.now - 3600)
            try context.subscriberList.change(context.jo) { record in
                var jo = record
                jo?.become(.bounced, at: Self.now - 1800, reason: "test")
                jo?.become(.active, at: Self.now - 600, reason: "reactivated")
                return jo
            }
            #expect(try context.take("postfix-unknown") == .dealtWith(.hard))
            let jo = try #require(try context.reader())
            #expect(jo.status == .active && jo.returns.count == 1)
        }
    }

    @Test("notes a delay and an automatic reply, and changes nobody")
    func news() throws {
        try with { context in
            #expect(try context.take("postfix-delayed", key: "1") == .dealtWith(.delayed))
            #expect(try context.take("away-quotes-550", key: "2") == .dealtWith(.autoreply))
            #expect(try context.take("away-exchange", key: "3") == .dealtWith(.autoreply))
            let jo = try #require(try context.reader())
            #expect(jo.status == .active && jo.returns.map(\.class) == [.delayed] && jo.owes == nil)
        }
    }

    @Test(
        "takes who complains off for good, also where the provider has cut the address out",
        arguments: ["arf-abuse", "arf-redacted", "outlook-com-complaint"])
    func complaint(sample: String) throws {
        try with { context in
            #expect(try context.take(sample) == .dealtWith(.complaint))
            let jo = try #require(try context.reader())
            #expect(jo.status == .complained && jo.owes == nil)
        }
    }

    @Test(
        "leaves a person's mail where it is",
        arguments: ["person-quotes-unsubscribe", "person-mentions-stop", "person-asks-about-550", "arf-not-spam"])
    func people(sample: String) throws {
        try with { context in
            let before = try context.reader()
            #expect(try context.take(sample) == .leave)
            #expect(try context.reader() == before && context.book().isEmpty)
        }
    }

    @Test("sets aside what is too large or too deep")
    func setAside() throws {
        try with { context in
            guard case .setAside(let large) = try context.take([UInt8](repeating: 65, count: TakeReturns.largest + 1))
            else {
                Issue.record("taken")
                return
            }
            #expect(large.contains("32 MB") || large.contains("more than 32"))
            let deep = (0..<1000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
            guard case .setAside(let reason) = try context.take(Array(deep.utf8)) else {
                Issue.record("taken")
                return
            }
            #expect(reason.contains("nested"))
        }
    }

    @Test("forgets after 90 days what it knew of a message")
    func tidy() throws {
        try with { context in
            _ = try context.take("postfix-delayed")
            let book = context.bulletin.context.folder.returnStore()
            #expect(try book.tidy(at: Self.now + 89 * 86_400) == 0)
            #expect(try book.tidy(at: Self.now + 91 * 86_400) == 1)
            #expect(try context.book().isEmpty)
        }
    }

    // MARK: Wishes

    @Test(
        "lets people leave by an address, a subject, or a word in a reply, and says goodbye",
        arguments: ["leave-sealed", "leave-subject", "leave-plain", "leave-reply", "leave-stop", "leave-stop-html"])
    func leave(sample: String) throws {
        try with { context in
            #expect(try context.take(sample) == .dealtWith(.unsubscribe))
            let jo = try #require(try context.reader())
            #expect(jo.status == .unsubscribed && jo.reason == "mail" && jo.owes?.request == .goodbye)
            #expect(try context.take(sample, key: "2", at: Self.now + 7200) == .dealtWith(.unsubscribe))
            #expect(try context.reader() == jo, "a second time says nothing new")
        }
    }

    @Test("keeps a person's “unsubscribe” in the mailbox where nobody can tell who it is")
    func unknownLeaver() throws {
        try with { context in
            let message = try changed("leave-stop", "jo@example.net", "somebody@example.com")
            #expect(try context.take(message) == .leave)
            #expect(try context.reader()?.status == .active)
        }
    }

    @Test("lets who gets it under another address leave by an answer to their own copy")
    func forwarded() throws {
        try with { context in
            let message = try changed("leave-reply", "Jo Bloggs <jo@example.net>", "Jo <jo.bloggs@example.com>")
            #expect(try context.take(message) == .dealtWith(.unsubscribe))
            #expect(try context.reader()?.status == .unsubscribed)
        }
    }

    @Test("follows who has moved house")
    func moved() throws {
        try with { context in
            let new = Self.tokenKeys.id(for: try EmailAddress("new@example.net"))
            try context.subscriberList.change(new) { _ in
                Subscriber(
                    id: new, status: .active, since: Self.now - 86_400, address: try EmailAddress("new@example.net"))
            }
            try context.subscriberList.change(context.jo) { record in
                var jo = record
                jo?.become(.moved, at: Self.now - 86_400, reason: "change of address")
                jo?.movedTo = new
                return jo
            }
            #expect(try context.take("postfix-unknown", key: "1") == .dealtWith(.hard))
            #expect(try context.reader(new)?.status == .active, "the old mailbox may well be gone")
            #expect(try context.take("leave-sealed", key: "2") == .dealtWith(.unsubscribe))
            #expect(try context.reader(new)?.status == .unsubscribed)
        }
    }

    @Test("does not take an old mail for a new wish of who has come back since")
    func stale() throws {
        try with { context in
            try context.subscriberList.change(context.jo) { record in
                var jo = record
                jo?.become(.paused, at: Self.now, reason: "choice")
                jo?.become(.active, at: Self.now + 100 * 86_400, reason: "confirmed")
                return jo
            }
            #expect(try context.take("leave-sealed", at: Self.now + 101 * 86_400) == .dealtWith(.unsubscribe))
            #expect(try context.reader()?.status == .active)
        }
    }

    @Test("asks who wishes to join by mail to confirm, once an hour, and knows who is on the roll")
    func join() throws {
        try with { context in
            #expect(try context.take("join") == .dealtWith(.subscribe))
            #expect(try context.reader()?.owes?.request == .choices)
            let ann = try changed("join", "Jo Bloggs <jo@example.net>", "Ann Example <ann@example.net>")
            let id = Self.tokenKeys.id(for: try EmailAddress("ann@example.net"))
            #expect(try context.take(ann, key: "2") == .dealtWith(.subscribe))
            let asked = try #require(try context.reader(id))
            #expect(asked.status == .unconfirmed && asked.owes?.request == .confirm && asked.name == "Ann Example")
            let again = try changed("join", "Jo Bloggs <jo@example.net>", "Other <ann@example.net>")
            #expect(
                try context.take(again + Array("again".utf8), key: "3", at: Self.now + 600) == .dealtWith(.subscribe))
            #expect(try context.reader(id) == asked)
        }
    }

    @Test("answers nobody whose mail a mailing list passed on", arguments: ["subscribe", "help"])
    func passedOn(part: String) throws {
        try with { context in
            let head = "From: sam@example.net\nTo: bounces+\(part)@example.org\n"
            let passedOn = Array("\(head)List-Id: Talk <talk.example.net>\n\nHello all\n".utf8)
            let taken = try context.take(passedOn, key: "1")
            let letters = try context.bulletin.context.folder.outbox.list().letters
            let owing = try context.subscriberList.owing()
            #expect(taken == .leave && letters.isEmpty && owing.isEmpty)
            let own = try context.take(Array("\(head)\nHello\n".utf8), key: "2")
            #expect(own != .leave)
        }
    }

    @Test("answers who asks for help, on the roll or not, once an hour, three times in 30 days")
    func help() throws {
        try with { context in
            let outbox = context.bulletin.context.folder.outbox
            var sent = 0
            for (index, minutes) in [0.0, 30, 90, 180, 300, 3000].enumerated() {
                let message = try changed("help", "Message-ID: <", "Message-ID: <\(index).")
                let ann = String(decoding: message, as: UTF8.self).replacing("jo@example.net", with: "ann@example.net")
                #expect(
                    try context.take(Array(ann.utf8), key: "\(index)", at: Self.now + minutes * 60) == .dealtWith(.help)
                )
                let letters = try outbox.list().letters
                sent += letters.count
                for letter in letters { try outbox.remove(letter) }
            }
            #expect(sent == 3)
            #expect(try context.reader(Self.tokenKeys.id(for: try EmailAddress("ann@example.net"))) == nil)
        }
    }

    @Test(
        "answers neither a machine nor itself",
        arguments: ["bulletin@example.org", "bounces@example.org", "bounces+subscribe@example.org"])
    func loops(from: String) throws {
        try with { context in
            #expect(try context.take("join-by-machine", key: "1") == .leave)
            let message = try changed("join", "Jo Bloggs <jo@example.net>", from)
            #expect(try context.take(message, key: "2") == .dealtWith(.subscribe))
            #expect(try context.reader(Self.tokenKeys.id(for: try EmailAddress(from))) == nil)
            #expect(try context.reader()?.owes == nil)
        }
    }

    /// An answer to the letter that asks to confirm, under a Message-ID of its own.
    private func answer(_ sample: String = "join", to address: String, _ words: String, named name: String) throws
        -> [UInt8]
    {
        let text = String(decoding: try changed(sample, "bounces+subscribe@example.org", address), as: UTF8.self)
        return Array((text.replacing("Message-ID: <", with: "Message-ID: <\(name).") + words).utf8)
    }

    @Test("takes an answer to the letter that asks to confirm for a yes, once, and within its time")
    func confirm() throws {
        try with(.unsubscribed) { context in
            _ = try context.take("join")
            let version = try #require(try context.reader()).tokenVersion
            let ours = try EmailAddress("bounces@example.org")
            let address = Self.tokenKeys.confirmAddress(for: context.jo, version: version, at: ours).wire
            func take(_ message: [UInt8], _ key: String, after time: TimeInterval) throws -> TakeReturns.Taken {
                try context.take(message, key: key, at: Self.now + time)
            }
            for words in ["Who are you?", "Yes, do not send me this", "No", "", "On Wednesday we wrote:\n> yes"] {
                let message = try answer(to: address, words, named: "a")
                #expect(try take(message, words, after: 60) == .leave, "\(words)")
            }
            let machine = try answer("join-by-machine", to: address, "yes", named: "b")
            #expect(try take(machine, "machine", after: 60) == .leave)
            let other = Self.tokenKeys.confirmAddress(for: context.jo, version: version + 1, at: ours).wire
            let forged = try answer(to: other, "yes", named: "c")
            #expect(try take(forged, "forged", after: 60) == .dealtWith(.subscribe))
            let late = try answer(to: address, "yes", named: "d")
            #expect(try take(late, "late", after: 8 * 86_400) == .dealtWith(.subscribe))
            #expect(try context.reader()?.status == .unsubscribed)
            let yes = try answer(to: address, "Yes please!\n\nJo\n", named: "e")
            #expect(try take(yes, "yes", after: 120) == .dealtWith(.subscribe))
            let jo = try #require(try context.reader())
            #expect(jo.status == .active && jo.consent?.how == .mail && jo.owes == nil)
            // Who leaves then is not brought back by the same letter.
            try context.subscriberList.change(context.jo) { $0?.leavingByMail(at: Self.now + 180, answering: false) }
            _ = try take(try answer(to: address, "yes", named: "f"), "again", after: 240)
            #expect(try context.reader()?.status == .unsubscribed)
        }
    }

    @Test("takes a complaint that only the link to leave in the enclosed message proves")
    func complaintByLink() throws {
        try with { context in
            let text = String(decoding: try Self.sample("arf-redacted"), as: UTF8.self)
            let bare = text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("bounces+0024") }.joined(separator: "\n")
            #expect(try context.take(Array(bare.utf8)) == .dealtWith(.complaint))
            let again = try context.bulletin.context.folder.subscriberList().subscriber(context.jo)
            #expect(
                again?.status == .complained
                    && again?.returns.map(\.story) == ["a message: complained about it to their provider"])
        }
    }
}
