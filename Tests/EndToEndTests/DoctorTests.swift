import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("The doctor", .wholePrograms)
struct DoctorTests {
    private struct Finding: Decodable {
        let group: String
        let topic: String
        let verdict: String
        let words: String
        let remedy: String?
    }

    private struct Opinion {
        let status: Int32?
        let findings: [Finding]

        func verdict(_ topic: String) -> String? { findings.first { $0.topic == topic }?.verdict }
    }

    private func ask(_ bulletin: LivingBulletin, resolver port: Int) async throws -> Opinion {
        let ending = try await bulletin.run("doctor", "--json", "--resolver", "127.0.0.1:\(port)")
        let findings = try ending.output.split(separator: "\n").map {
            try JSONDecoder().decode(Finding.self, from: Data($0.utf8))
        }
        #expect(!findings.isEmpty, "\(ending)")
        return Opinion(status: ending.status, findings: findings)
    }

    /// A name server with these texts, and a mail exchange for example.org. Answers longer than 512 octets (RFC 1035
    /// section 4.2.1) come only over TCP.
    private func nameServer(_ texts: [String: [String]]) async throws -> (run: ProgramRun, port: Int) {
        let script = """
            import json, socket, sys, threading
            texts = json.loads(sys.argv[1])
            def answer(question):
                at, labels = 12, []
                while question[at]:
                    labels.append(question[at + 1:at + 1 + question[at]].decode()); at += question[at] + 1
                kind = int.from_bytes(question[at + 1:at + 3], 'big')
                name, records = '.'.join(labels), []
                def strings(text):
                    return b''.join(bytes([len(text[i:i + 255])]) + text[i:i + 255].encode() for i in range(0, len(text), 255))
                if kind == 16: records = [strings(text) for text in texts.get(name, [])]
                if kind == 15 and name == 'example.org': records = [b'\\0\\x0a\\x04mail\\xc0\\x0c']
                whole = question[:2] + b'\\x81\\x80\\0\\1' + len(records).to_bytes(2, 'big') + b'\\0\\0\\0\\0' + question[12:at + 5]
                for data in records:
                    whole += b'\\xc0\\x0c' + kind.to_bytes(2, 'big') + b'\\0\\1\\0\\0\\1\\0' + len(data).to_bytes(2, 'big') + data
                return whole, question[:2] + b'\\x83\\x80\\0\\1\\0\\0\\0\\0\\0\\0' + question[12:at + 5]
            server, streams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
            streams.bind(('127.0.0.1', 0)); streams.listen(8)
            server.bind(streams.getsockname())
            def by_tcp():
                while True:
                    connection, _ = streams.accept()
                    length = int.from_bytes(connection.recv(2), 'big')
                    whole = answer(connection.recv(length))[0]
                    connection.sendall(len(whole).to_bytes(2, 'big') + whole); connection.close()
            threading.Thread(target=by_tcp, daemon=True).start()
            print('port', server.getsockname()[1], flush=True)
            while True:
                question, asker = server.recvfrom(4096)
                whole, cut = answer(question)
                server.sendto(whole if len(whole) <= 512 else cut, asker)
            """
        let run = try ProgramRun(
            Programs.system("python3", package: "python3"),
            ["-c", script, String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)])
        let line = try await run.line(holding: "port ")
        return (run, Int(line.split(separator: " ").last ?? "") ?? 0)
    }

    @Test(
        "finds an installation sound, names its faults, and exits with 1 if anything is wrong", .timeLimit(.minutes(3)))
    func sound() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, settings: "editors: [editor@example.org]")
                try await bulletin.addReaders(3)
                let daemon = try await bulletin.daemon()
                let good = try await nameServer([
                    "example.org": ["v=spf1 mx -all", "something else"], "_dmarc.example.org": ["v=DMARC1; p=none"],
                ])
                let opinion = try await ask(bulletin, resolver: good.port)
                for topic in [
                    "Permissions", "Soundness", "Disk", "Zone data", "Connection", "SPF", "DMARC", "MX", "Pages",
                    "One-click",
                ] {
                    #expect(opinion.verdict(topic) == "good", "\(topic): \(opinion.findings)")
                }
                #expect(opinion.status == 0, "\(opinion.findings.filter { $0.verdict == "wrong" })")
                let helpless = opinion.findings.filter { $0.verdict != "good" && $0.remedy == nil }
                #expect(helpless.allSatisfy { $0.group == "machine" }, "\(helpless)")
                #expect(inbox.messages().isEmpty)

                let bad = try await nameServer(["example.org": ["v=spf1 +all"]])
                chmod("\(scratch)/state/secret", 0o644)
                let worse = try await ask(bulletin, resolver: bad.port)
                #expect(worse.status == 1)
                #expect(worse.verdict("SPF") == "wrong" && worse.verdict("DMARC") == "warning")
                #expect(worse.verdict("Permissions") == "wrong")
                #expect(
                    worse.findings.first { $0.topic == "Permissions" }?.remedy == "chmod 0600 \(scratch)/state/secret")
                for run in [daemon, good.run, bad.run] { run.signal(SIGTERM) }
                _ = try await daemon.ended()
            }
        }
    }

    /// A relay that requires TLS and a password, and its faults.
    struct Relay: Sendable, CustomStringConvertible {
        let description: String
        var password = "a good password"
        var name = "127.0.0.1"
        var days = 90
        var isTrusted = true
        let topic: String
        let verdict: String
        let words: String
    }

    static let relays = [
        Relay(
            description: "all is well", topic: "Connection", verdict: "good",
            words: "over TLS, and accepts the user name and password"),
        Relay(
            description: "the certificate ends soon", days: 5, topic: "Certificate", verdict: "warning",
            words: "expires in"),
        Relay(
            description: "the password is another", password: "another", topic: "Login", verdict: "wrong", words: "535"),
        Relay(
            description: "the certificate is another's", name: "elsewhere.example.org", topic: "TLS", verdict: "wrong",
            words: "name"),
        Relay(
            description: "the certificate is over", days: -1, topic: "TLS", verdict: "wrong", words: "does not verify"),
        Relay(
            description: "nobody known signed the certificate", isTrusted: false, topic: "TLS", verdict: "wrong",
            words: "certificate"),
    ]

    @Test("tries the relay's TLS and password, and sends nothing", arguments: relays)
    func relay(relay: Relay) async throws {
        try await withScratchFolder { scratch in
            let made = try await TestCertificate.make(in: scratch, names: [relay.name], days: relay.days)
            var configuration = InboxConfiguration()
            configuration.certificate = InboxConfiguration.Certificate(chain: made.chain, key: made.key)
            configuration.accounts = ["bulletin": "a good password"]
            (configuration.requiresTLS, configuration.requiresAuthentication) = (true, true)
            try await InboxServer.with(configuration) { inbox in
                try "\(relay.password)\n".write(toFile: "\(scratch)/password", atomically: true, encoding: .utf8)
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort,
                    smtp: "  username: bulletin\n  passwordFile: password\n"
                        + (relay.isTrusted ? "  caFile: \(made.authority)\n" : ""))
                let opinion = try await ask(bulletin, resolver: try FreePort.any())
                let finding = try #require(opinion.findings.first { $0.topic == relay.topic }, "\(opinion.findings)")
                #expect(finding.verdict == relay.verdict && finding.words.contains(relay.words), "\(finding)")
                #expect(opinion.status == (relay.verdict == "wrong" ? 1 : 0))
                #expect(inbox.messages().isEmpty)
            }
        }
    }

    @Test("compares the DNS record with the key, even if it comes only over TCP")
    func signatures() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(
                in: scratch, smtpPort: try FreePort.any(),
                settings: "dkim: {domain: example.org, selector: fortnight, keyFile: key.pem}")
            let made = try await bulletin.done("dkim", "generate", "--json")
            struct Record: Decodable {
                let name: String
                let value: String
            }
            let record = try JSONDecoder().decode(Record.self, from: Data(made.utf8))
            let long = record.value + "; n=" + String(repeating: "x", count: 200)
            let other = record.value.replacing(/p=.{20}/, with: "p=MIIBIjANBgkqhkiG9w0BAAAA")
            for (texts, verdict, words) in [
                ([record.value], "good", "has the signing key"), ([long], "good", "has the signing key"),
                ([], "wrong", "no key"),
                ([other], "wrong", "is not that of"), (["v=DKIM1; p="], "wrong", "withdrawn"),
                ([record.value, other], "wrong", "2 keys"),
            ] {
                let server = try await nameServer([record.name: texts])
                let opinion = try await ask(bulletin, resolver: server.port)
                let finding = opinion.findings.first { $0.topic == "DKIM" }
                #expect(
                    finding?.verdict == verdict && finding?.words.contains(words) == true,
                    "\(String(describing: finding))")
                server.run.signal(SIGTERM)
            }
        }
    }

    @Test("opens the mailbox, and reports a wrong password", arguments: [true, false])
    func mailbox(isRight: Bool) async throws {
        try await withScratchFolder { scratch in
            try FileManager.default.createDirectory(atPath: "\(scratch)/dovecot", withIntermediateDirectories: false)
            try await DovecotInstance.with(DovecotInstance.Settings(), in: "\(scratch)/dovecot") { dovecot in
                try (isRight ? "a good password" : "another").write(
                    toFile: "\(scratch)/password", atomically: true, encoding: .utf8)
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: try FreePort.any(),
                    settings: "mailbox: {url: \"imap://127.0.0.1:\(dovecot.imapPort)/INBOX\", username: bounces, "
                        + "passwordFile: password}")
                let opinion = try await ask(bulletin, resolver: try FreePort.any())
                #expect(opinion.verdict("Returns") == (isRight ? "good" : "wrong"), "\(opinion.findings)")
            }
        }
    }

    @Test("reads root's secrets before it switches to the state folder's owner")
    func secretsOfRoot() async throws {
        try #require(geteuid() == 0, "this test needs root, to take on another account: sudo deploy/test")
        try await withScratchFolder { scratch in
            var configuration = InboxConfiguration()
            configuration.accounts = ["bulletin": "a good password"]
            configuration.requiresAuthentication = true
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort,
                    smtp: "  tls: none\n  username: bulletin\n  passwordFile: secrets/smtp-password\n")
                try await bulletin.queueNotice()
                for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: "\(scratch)/state")) {
                    #expect(chown("\(scratch)/state/\(name)", 60_101, 60_102) == 0)
                }
                try FileManager.default.createDirectory(
                    atPath: "\(scratch)/secrets", withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
                try "a good password".write(
                    toFile: "\(scratch)/secrets/smtp-password", atomically: true, encoding: .utf8)
                let opinion = try await ask(bulletin, resolver: try FreePort.any())
                let connection = opinion.findings.first { $0.topic == "Connection" }
                #expect(
                    connection?.words.contains("accepts the user name and password") == true, "\(opinion.findings)")
            }
        }
    }

    @Test(
        "names the servers it could not reach without a network, and does not call that wrong", .timeLimit(.minutes(3)))
    func noNetwork() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: try FreePort.any())
            let opinion = try await ask(bulletin, resolver: try FreePort.any())
            for topic in ["SPF", "DMARC", "MX", "Connection"] {
                let finding = opinion.findings.first { $0.topic == topic }
                #expect(finding?.verdict == "warning" && finding?.words.hasPrefix("could not be reached") == true)
            }
            #expect(opinion.status == 0, "\(opinion.findings)")
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/state"), "it changes nothing")
        }
    }

    @Test("reports the faults of an unreadable configuration")
    func badConfiguration() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525, settings: "smpt: {}")
            let ending = try await bulletin.run("doctor")
            #expect(ending.status == 1)
            #expect(ending.output.contains("✗ wrong") && ending.output.contains("smpt"), "\(ending)")
        }
    }
}
