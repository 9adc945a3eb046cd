import Basics
import Bulletin
import BulletinSupport
import Curl
import Foundation
import Mailboxes
import Planning
import Publishing
import Records
import TestSupport
import Testing

/// What goes wrong between us and a mailbox.
@Suite("A mailbox in trouble", .mailServer, .alone)
struct MailboxFaultTests {
    @Test("says what is wrong with the password, and never the password", arguments: [true, false])
    func wrongPassword(byIMAP: Bool) async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                let place =
                    byIMAP ? dovecot.imap { $0.password = "hunter2" } : dovecot.pop3 { $0.password = "hunter2" }
                guard case MailboxFault.refused(let reason)? = await scene.read(place).fault else {
                    Issue.record("it was not refused")
                    return
                }
                #expect(
                    reason.contains("refused the user name or the password (mailbox.username, mailbox.passwordFile)"))
                #expect(reason.contains("Authentication failed"))
                #expect(!reason.contains("hunter2"))
            }
        }
    }

    @Test("is read under TLS where the certificate verifies, and not otherwise")
    func security() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            var settings = DovecotInstance.Settings()
            let certificate = try await TestCertificate.make(in: scratch, names: ["localhost"])
            settings.certificate = certificate
            try await DovecotInstance.with(settings, in: scratch) { dovecot in
                func secure(_ server: inout MailServer, _ port: Int, implicit: Bool) {
                    (server.host, server.port, server.implicitTLS) = ("localhost", port, implicit)
                    (server.tls, server.caFile) = (.required, certificate.authority)
                }
                let places = [
                    dovecot.imap { secure(&$0, dovecot.imapsPort, implicit: true) },
                    dovecot.pop3 { secure(&$0, dovecot.pop3sPort, implicit: true) },
                    dovecot.imap { secure(&$0, dovecot.imapPort, implicit: false) },
                    dovecot.pop3 { secure(&$0, dovecot.pop3Port, implicit: false) },
                ]
                for place in places {
                    try dovecot.deliver(MailboxScene.message("bounce"), named: "\(UUID()).x")
                    let report = await scene.read(place)
                    #expect(report.fault == nil && report.counts["hard"] ?? 0 > 0, "\(place): \(report)")
                    guard case .server(var server) = place else { continue }
                    server.host = "127.0.0.1"
                    await refuses(server, scene, "certificate")
                    (server.host, server.caFile) = ("localhost", nil)
                    await refuses(server, scene, "certificate")
                }
            }
            try await DovecotInstance.with(in: scratch) { dovecot in
                await refuses(dovecot.imap { $0.tls = .required }, scene, "offers no STARTTLS")
                await refuses(dovecot.pop3 { $0.tls = .required }, scene, "offers no STARTTLS")
                await refuses(dovecot.imap { $0.host = "mail.example.org" }, scene, "is not this machine")
            }
        }
    }

    private func refuses(_ server: MailServer, _ scene: MailboxScene, _ words: String) async {
        await refuses(.server(server), scene, words)
    }

    private func refuses(_ place: MailboxPlace, _ scene: MailboxScene, _ words: String) async {
        guard case MailboxFault.refused(let reason)? = await scene.read(place).fault, reason.contains(words) else {
            Issue.record("\(place) was not refused with \(words)")
            return
        }
    }

    @Test("loses nothing where the connection is cut, wherever that is")
    func cut() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1", "A person's 1", "bounce 2", "A person's 2")
                // Each connection holds a little longer than the one before.
                let wire = try FaultyWire(to: dovecot.imapPort) { .cut(after: 150 + 61 * $0) }
                defer { wire.close() }
                let place = dovecot.imap { $0.port = wire.port }
                var isWhole = false
                while !isWhole, wire.connections < 300 {
                    let before = wire.connections
                    isWhole = await scene.read(place).fault == nil && wire.connections == before + 1
                }
                #expect(isWhole)
                #expect(Set(scene.subjects) == ["bounce 1", "A person's 1", "bounce 2", "A person's 2"])
                let byKey = Dictionary(grouping: scene.taken, by: \.key)
                #expect(byKey.count == 4, "a message taken again bears the same key: \(byKey.keys.sorted())")
                #expect(dovecot.files(in: ".Fortnight").count == 2)
                #expect(dovecot.files().count == 2 && dovecot.files().allSatisfy { !$0.hasSuffix("S") })
            }
        }
    }

    @Test("loses nothing where POP3 is cut")
    func cutPOP3() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1", "A person's 1", "bounce 2")
                let wire = try FaultyWire(to: dovecot.pop3Port) { .cut(after: 100 + 23 * $0) }
                defer { wire.close() }
                let place = dovecot.pop3 { $0.port = wire.port }
                var isWhole = false
                while !isWhole, wire.connections < 300 {
                    let before = wire.connections
                    isWhole = await scene.read(place).fault == nil && wire.connections == before + 1
                }
                #expect(isWhole)
                #expect(Set(scene.subjects) == ["bounce 1", "A person's 1", "bounce 2"])
                #expect(dovecot.files().count == 3)
            }
        }
    }

    @Test("is waited for so long and no longer, and let go at once when the daemon ends", arguments: [0, 150, 1900])
    func silence(after octets: Int) async throws {
        try await withScratchFolder { scratch in
            var timeouts = MailboxTimeouts()
            (timeouts.connect, timeouts.silence) = (.seconds(1), .seconds(1))
            let scene = try MailboxScene(in: scratch, timeouts: timeouts)
            let patient = try MailboxScene(in: "\(scratch)")
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1")
                let wire = try FaultyWire(to: dovecot.imapPort) { _ in .silence(after: octets) }
                defer { wire.close() }
                let place = dovecot.imap { $0.port = wire.port }
                let report = await scene.read(place)
                #expect(report.fault.map { "\($0)" }?.contains("did not answer in time") == true, "\(report)")
                let visit = patient.visit(place)
                async let ended = patient.read(place, visit: visit)
                while wire.connections < 2 { try await Task.sleep(for: .milliseconds(10)) }
                visit.stop()
                #expect(await ended.fault.map { "\($0)" } == "stopped")
            }
        }
    }

    @Test("a message of 100 MB is named and not fetched, and the rest is read", arguments: [true, false])
    func large(byIMAP: Bool) async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                let line = Array((String(repeating: "x", count: 998) + "\r\n").utf8)
                var large = MailboxScene.message("bounce, large")
                large.reserveCapacity(100 << 20)
                while large.count < 100_000_000 { large += line }
                try dovecot.deliver(large, named: "1.x")
                try dovecot.deliver(MailboxScene.message("bounce"), named: "2.x")
                let wire = try FaultyWire(to: byIMAP ? dovecot.imapPort : dovecot.pop3Port) { _ in nil }
                defer { wire.close() }
                let place = byIMAP ? dovecot.imap { $0.port = wire.port } : dovecot.pop3 { $0.port = wire.port }
                let report = await scene.read(place)
                #expect(report.counts == ["hard": 1, "aside": 1])
                #expect(report.setAside.first?.reason.hasPrefix("it is larger than we read (1000") == true)
                #expect(wire.passed < 50_000)
                #expect(await scene.read(place).counts == [:])
            }
        }
    }

    @Test("a message that the program ended at three times is set aside, and the rest is read")
    func culprit() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("bounce 1", "bounce 2")
                _ = await scene.read(dovecot.imap { $0.folder = "INBOX" })
                try dovecot.deliver(MailboxScene.message("A person's"), named: "3.x")
                for _ in 0..<3 { try scene.journal.begin([(name: "3", wasSeen: false)], at: TestBulletin.closes) }
                try dovecot.deliver(MailboxScene.message("bounce 3"), named: "4.x")
                let report = await scene.read(dovecot.imap())
                #expect(report.setAside.map(\.name) == ["3"] && report.counts["hard"] == 1)
                #expect(scene.subjects == ["bounce 1", "bounce 2", "bounce 3"])
            }
        }
    }

    @Test("what could not be acted upon is taken again, and unread until then")
    func notTaken() async throws {
        try await withScratchFolder { scratch in
            let scene = try MailboxScene(in: scratch)
            try await DovecotInstance.with(in: scratch) { dovecot in
                try dovecot.deliver("A person's", "bounce")
                scene.refuseToTake(1)
                #expect(await scene.read(dovecot.imap()).fault is MailboxScene.DiskIsFull)
                #expect(await scene.read(dovecot.imap()).counts == ["left": 1, "hard": 1])
                #expect(dovecot.files().count == 1 && dovecot.files().allSatisfy { !$0.hasSuffix("S") })
            }
        }
    }
}
