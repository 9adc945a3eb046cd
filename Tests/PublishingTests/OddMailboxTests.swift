import Bulletin
import Curl
import Foundation
import Mailboxes
import Publishing
import Synchronization
import TestSupport
import Testing

@Suite("A mailbox whose server has ways of its own")
struct OddMailboxTests {
    private static let script = IMAPScript(messages: [
        3: MailboxScene.message("bounce 1", "Hello.\r\nA9 OK FETCH done\r\n* BYE\r\n"),
        9: MailboxScene.message("A person's 1"),
    ])

    private func place(_ access: MailServer.Access, _ port: Int) -> MailboxPlace {
        var server = MailServer(access: access, host: "127.0.0.1", port: port, implicitTLS: false)
        (server.tls, server.username, server.password) = (.none, "bounces", "a good password")
        return .server(server)
    }

    private func read(
        _ script: IMAPScript, times: Int = 1,
        _ body: (MailboxScene, ReadMailbox.Report, TalkingServer) throws -> Void
    ) async throws {
        try await withScratchFolder { scratch in
            let server = try TalkingServer(greeting: "* OK hello") { script.answer($1) }
            defer { server.close() }
            let scene = try MailboxScene(in: scratch)
            var report = await scene.read(place(.imap, server.port))
            for _ in 1..<times { report = await scene.read(place(.imap, server.port)) }
            try body(scene, report, server)
        }
    }

    private static let subjects: Set = ["bounce 1", "A person's 1"]

    @Test("is read where it speaks in pieces and of other things, and a message holds what looks like its own words")
    func chatter() async throws {
        var script = Self.script
        script.chatter =
            "* 5 EXISTS\r\n* 0 RECENT\r\n* OK [ALERT] We close on Sunday {12}\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* FLAGS ()\r\n"
        try await read(script) { scene, report, server in
            #expect(report.fault == nil && Set(scene.subjects) == Self.subjects, "\(report) \(server.lines)")
            #expect(scene.taken.map(\.content) == [3, 9].compactMap { Self.script.messages[$0] })
            #expect(server.lines.contains { $0.contains("UID STORE 9 -FLAGS.SILENT (\\Seen)") })
            #expect(server.lines.contains { $0.contains("UID COPY 3 ") })
        }
    }

    @Test("that numbers nothing for good is read all the same, once")
    func withoutValidity() async throws {
        var script = Self.script
        script.validity = "[NOMODSEQ]"
        try await read(script, times: 2) { scene, report, _ in
            #expect(report.fault == nil && scene.subjects.count == 2, "\(report)")
        }
    }

    @Test("that takes no folder of ours keeps what was dealt with, says why, and is not taken twice")
    func noFolder() async throws {
        var script = Self.script
        script.refusals = ["UID COPY": "NO [OVERQUOTA] full"]
        try await read(script, times: 2) { scene, report, _ in
            #expect(report.fault == nil && scene.subjects.count == 2, "\(report)")
            #expect(report.problem?.contains("[OVERQUOTA] full") == true, "\(report)")
        }
    }

    @Test("that lets nobody in for now is not called a wrong password")
    func unavailable() async throws {
        var script = Self.script
        script.refusals = ["LOGIN": "NO [UNAVAILABLE] try later", "AUTHENTICATE": "NO [UNAVAILABLE] try later"]
        try await read(script) { scene, report, _ in
            guard case .unreachable(let reason)? = report.fault as? MailboxFault else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("at present") && scene.taken.isEmpty)
        }
    }

    @Test("that ends in the midst of it loses nothing and repeats nothing")
    func goodbye() async throws {
        try await withScratchFolder { scratch in
            let script = Self.script
            let server = try TalkingServer(greeting: "* OK hello") { connection, line in
                if connection == 1, line.contains("BODY[]"), line.contains(" 9 ") { return nil }
                return script.answer(line)
            }
            defer { server.close() }
            let scene = try MailboxScene(in: scratch)
            let first = await scene.read(place(.imap, server.port))
            #expect(first.fault != nil && scene.subjects == ["bounce 1"])
            let second = await scene.read(place(.imap, server.port))
            #expect(second.fault == nil && scene.subjects == ["bounce 1", "A person's 1"], "\(second)")
        }
    }

    @Test("over POP3 that is in use for now is not called a wrong password")
    func inUse() async throws {
        try await withScratchFolder { scratch in
            let server = try TalkingServer(greeting: "+OK hello") { _, line in
                switch line.prefix(4).uppercased() {
                case "CAPA": "+OK\r\nUSER\r\n."
                case "PASS": "-ERR [IN-USE] another program reads it"
                default: "+OK"
                }
            }
            defer { server.close() }
            let report = try await MailboxScene(in: scratch).read(place(.pop3, server.port))
            guard case .unreachable(let reason)? = report.fault as? MailboxFault else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("at present") && reason.contains("[IN-USE]"))
        }
    }

    @Test("over POP3 without UIDL is not read, for what was read could not be known again")
    func noUIDL() async throws {
        try await withScratchFolder { scratch in
            let server = try TalkingServer(greeting: "+OK hello") { _, line in
                switch line.prefix(4).uppercased() {
                case "CAPA": "+OK\r\nUSER\r\n."
                case "UIDL": "-ERR what is UIDL?"
                default: "+OK"
                }
            }
            defer { server.close() }
            let scene = try MailboxScene(in: scratch)
            let report = await scene.read(place(.pop3, server.port))
            guard case .refused(let reason)? = report.fault as? MailboxFault else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("does not support UIDL") && reason.contains("use IMAP"))
            #expect(!server.lines.contains { $0.hasPrefix("RETR") || $0.hasPrefix("DELE") })
        }
    }
}
