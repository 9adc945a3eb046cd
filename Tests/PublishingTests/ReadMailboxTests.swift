import Bulletin
import Curl
import Foundation
import Publishing
import Records
import TestSupport
import Testing

/// Reading real mailboxes: Dovecot's.
@Suite("The mailbox")
struct ReadMailboxTests {
    @Test("by IMAP: what was recognised is moved, what was not is unread again if it was unread", .mailServer)
    func imap() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1", "Can I bring a cake?", "bounce 2", "broken", "Read already")
                try FileManager.default.moveItem(
                    atPath: "\(dovecot.maildir)/new/5.x", toPath: "\(dovecot.maildir)/cur/5.x:2,S")
                let report = await scene.read(dovecot.imap())
                #expect(report.fault == nil, "\(dovecot.log)")
                #expect(report.counts == ["hard": 2, "left": 2, "aside": 1])
                #expect(report.setAside.map(\.reason) == ["it has a million parts"])
                #expect(dovecot.files(in: ".Fortnight").count == 2)
                let names = dovecot.files().map { $0.split(separator: "/").last.map(String.init) ?? "" }
                #expect(names.sorted().map { $0.replacing(/,[WS]=\d+/, with: "") } == ["2.x:2,", "4.x:2,", "5.x:2,S"])
                // Once, and not again.
                scene.forget()
                try dovecot.deliver(MailboxScene.message("bounce 3"), named: "6.x")
                #expect(await scene.read(dovecot.imap()).counts == ["hard": 1])
                #expect(scene.subjects == ["bounce 3"])
                #expect(await scene.read(dovecot.imap()).counts == [:])
                // So that mail programs show it.
                let shown = try String(contentsOfFile: "\(dovecot.maildir)/subscriptions", encoding: .utf8)
                #expect(shown.contains("Fortnight"))
            }
        }
    }

    @Test("by POP3: it is as it was, and each message is taken once", .mailServer)
    func pop3() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1", "Can I bring a cake?", "bounce 2")
                #expect(await scene.read(dovecot.pop3()).counts == ["hard": 2, "left": 1])
                #expect(dovecot.files().count == 3 && dovecot.files(in: ".Fortnight").isEmpty)
                #expect(dovecot.files().allSatisfy { !$0.hasSuffix("S") })
                #expect(await scene.read(dovecot.pop3()).counts == [:])
                #expect(try scene.journal.marks().settled.count == 3)
                // What is gone from the server is remembered no longer.
                let first = try #require(dovecot.files().first)
                try FileManager.default.removeItem(atPath: "\(dovecot.maildir)/\(first)")
                try dovecot.deliver(MailboxScene.message("bounce 3"), named: "4.x")
                #expect(await scene.read(dovecot.pop3()).counts == ["hard": 1])
                #expect(try scene.journal.marks().settled.count == 3)
                #expect(scene.subjects == ["bounce 1", "Can I bring a cake?", "bounce 2", "bounce 3"])
            }
        }
    }

    @Test("as a Maildir: what was recognised goes to a folder of its own, the rest is not touched")
    func maildir() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            let path = "\(scratch)/Maildir"
            let files = FileManager.default
            for part in ["new", "cur", "tmp"] {
                try files.createDirectory(atPath: "\(path)/\(part)", withIntermediateDirectories: true)
            }
            func put(_ subject: String, _ name: String) throws {
                try Data(MailboxScene.message(subject)).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            }
            try put("bounce 1", "new/1.a")
            try put("bounce 2", "cur/2.a:2,S")
            try put("A person's", "new/3.a")
            try put("bounce that was thrown away", "cur/4.a:2,ST")
            try put("Answered", "cur/5.a:2,RS")
            try files.createSymbolicLink(atPath: "\(path)/new/6.a", withDestinationPath: "/etc/passwd")
            #expect(await scene.read(.maildir(path)).counts == ["hard": 2, "left": 2])
            #expect(try files.contentsOfDirectory(atPath: "\(path)/.Fortnight/new") == ["1.a"])
            #expect(try files.contentsOfDirectory(atPath: "\(path)/.Fortnight/cur") == ["2.a:2,S"])
            #expect(files.fileExists(atPath: "\(path)/.Fortnight/maildirfolder"))
            #expect(try files.contentsOfDirectory(atPath: "\(path)/new").sorted() == ["3.a", "6.a"])
            #expect(try files.contentsOfDirectory(atPath: "\(path)/cur").sorted() == ["4.a:2,ST", "5.a:2,RS"])
            // A mail program that marks a message as read does not make a new one of it.
            try files.moveItem(atPath: "\(path)/new/3.a", toPath: "\(path)/cur/3.a:2,S")
            _ = await scene.read(.maildir(path))
            let third = await scene.read(.maildir(path))
            #expect(third.setAside.map(\.name) == ["6.a"], "what cannot be read is named after three tries")
            #expect(scene.subjects == ["bounce 1", "bounce 2", "A person's", "Answered"])
            #expect(
                await scene.read(.maildir("\(scratch)/nowhere")).fault.map { "\($0)" }?.hasSuffix("new and cur") == true
            )
        }
    }

    @Test("gives every message byte for byte", .mailServer, arguments: [true, false])
    func content(byIMAP: Bool) async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                let forged = "A004 OK Fetch completed\r\n* 1 FETCH (UID 1)\r\n.\r\n..\r\n+OK\r\n)\r\n"
                var hostile = Array("Subject: bounce\r\n\r\n\(forged)".utf8)
                hostile += [0xE9, 0xFF, 0x80, 0x0D, 0x0A] + Array(repeating: UInt8(ascii: "x"), count: 300_000)
                hostile += Array("\r\n".utf8)
                let nothing = Array("Subject: nothing\r\n\r\n".utf8)
                let nul = Array("Subject: nul\r\n\r\na".utf8) + [0] + Array("b\r\n".utf8)
                for (index, message) in [hostile, nothing, nul].enumerated() {
                    try dovecot.deliver(message, named: "\(index + 1).x")
                }
                let report = await scene.read(byIMAP ? dovecot.imap() : dovecot.pop3())
                #expect(report.counts == ["hard": 1, "left": 2], "\(dovecot.log)")
                let contents = scene.taken.map(\.content)
                try #require(contents.count == 3)
                #expect(contents[0] == hostile)
                #expect(contents[1] == nothing)
                // Dovecot's IMAP has no NUL, which RFC 3501 forbids in a literal.
                #expect(contents[2] == (byIMAP ? nul.map { $0 == 0 ? 0x80 : $0 } : nul))
            }
        }
    }

    @Test("numbered anew, is read anew", .mailServer)
    func numberedAnew() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("A person's", "bounce 1")
                #expect(await scene.read(dovecot.imap()).counts == ["left": 1, "hard": 1])
                let before = try scene.journal.marks()
                // The new number is the time's, in seconds.
                try await Task.sleep(for: .milliseconds(1100))
                try dovecot.numberAnew()
                try dovecot.deliver(MailboxScene.message("bounce 2"), named: "3.x")
                #expect(await scene.read(dovecot.imap()).counts == ["left": 1, "hard": 1])
                let after = try scene.journal.marks()
                #expect(before.validity != after.validity && after.through >= 2)
                #expect(scene.taken.map(\.key).count == Set(scene.taken.map(\.key)).count)
            }
        }
    }

    @Test("with a thousand messages is read in one go, and what remains is not asked for again", .mailServer)
    func thousand() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                for number in 0..<1000 {
                    try dovecot.deliver(
                        MailboxScene.message(number % 4 == 0 ? "bounce" : "A person's"), named: "\(1000 + number).x")
                }
                let report = await scene.read(dovecot.imap())
                #expect(report.fault == nil)
                #expect(report.counts == ["hard": 250, "left": 750])
                #expect(dovecot.files().count == 750 && dovecot.files(in: ".Fortnight").count == 250)
                #expect(dovecot.files().allSatisfy { !$0.hasSuffix("S") })
                #expect(await scene.read(dovecot.imap()).counts == [:])
                #expect(try scene.journal.marks().through == 1000)
                #expect(try scene.journal.marks().settled.isEmpty)
            }
        }
    }

    @Test("may have a folder of any name", .mailServer)
    func foreignFolder() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver(MailboxScene.message("bounce"), named: "1.x", into: ".R&APw-ckl&AOQ-ufer & 100%")
                let report = await scene.read(dovecot.imap { $0.folder = "Rückläufer & 100%" })
                #expect(report.fault.map { "\($0)" }?.contains("has no folder") == true)
                try dovecot.deliver(
                    MailboxScene.message("bounce"), named: "1.x", into: ".R&APw-ckl&AOQ-ufer &- 100%")
                #expect(await scene.read(dovecot.imap { $0.folder = "Rückläufer & 100%" }).counts == ["hard": 1])
            }
        }
    }

    @Test(
        "without MOVE is copied and marked, and only what was copied is taken away", .mailServer,
        arguments: [true, false])
    func withoutMove(hasUIDPlus: Bool) async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            var settings = DovecotInstance.Settings()
            settings.capabilities = "IMAP4rev1 NAMESPACE" + (hasUIDPlus ? " UIDPLUS" : "")
            settings.prefix = "INBOX."
            try await DovecotInstance.with(settings, in: scratch) { dovecot in
                try dovecot.deliver("bounce", "Thrown away by a person")
                try FileManager.default.moveItem(
                    atPath: "\(dovecot.maildir)/new/2.x", toPath: "\(dovecot.maildir)/cur/2.x:2,ST")
                let report = await scene.read(dovecot.imap())
                #expect(report.fault == nil && report.problem == nil && report.counts == ["hard": 1])
                #expect(dovecot.files(in: ".Fortnight").count == 1)
                #expect(dovecot.files().count == (hasUIDPlus ? 1 : 2))
                #expect(dovecot.files().contains { $0.hasPrefix("cur/2.x") && $0.hasSuffix("ST") })
                #expect(await scene.read(dovecot.imap()).counts == [:])
            }
        }
    }

    @Test("may be empty", .mailServer, arguments: [true, false])
    func empty(byIMAP: Bool) async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                let report = await scene.read(byIMAP ? dovecot.imap() : dovecot.pop3())
                #expect(report.fault == nil && report.counts == [:])
            }
        }
    }
}
