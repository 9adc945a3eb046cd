import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("The doctor")
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

    /// A name server that has these texts, and a mail exchange for example.org.
    private func nameServer(_ texts: [String: [String]]) async throws -> (run: ProgramRun, port: Int) {
        let script = """
            import json, socket, sys
            texts = json.loads(sys.argv[1])
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind(('127.0.0.1', 0))
            print('port', server.getsockname()[1], flush=True)
            while True:
                question, asker = server.recvfrom(4096)
                at, labels = 12, []
                while question[at]:
                    labels.append(question[at + 1:at + 1 + question[at]].decode()); at += question[at] + 1
                kind = int.from_bytes(question[at + 1:at + 3], 'big')
                name, records = '.'.join(labels), []
                if kind == 16: records = [bytes([len(text)]) + text.encode() for text in texts.get(name, [])]
                if kind == 15 and name == 'example.org': records = [b'\\0\\x0a\\x04mail\\xc0\\x0c']
                answer = question[:2] + b'\\x81\\x80\\0\\1' + len(records).to_bytes(2, 'big') + b'\\0\\0\\0\\0' + question[12:at + 5]
                for data in records:
                    answer += b'\\xc0\\x0c' + kind.to_bytes(2, 'big') + b'\\0\\1\\0\\0\\1\\0' + len(data).to_bytes(2, 'big') + data
                server.sendto(answer, asker)
            """
        let run = try ProgramRun(
            Programs.system("python3", package: "python3"),
            ["-c", script, String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)])
        let line = try await run.line(holding: "port ")
        return (run, Int(line.split(separator: " ").last ?? "") ?? 0)
    }

    @Test("finds an installation sound, and names what is not, with 1 where anything is wrong", .timeLimit(.minutes(3)))
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

    @Test("says what it could not ask where there is no network, and does not call that wrong", .timeLimit(.minutes(3)))
    func noNetwork() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: try FreePort.any())
            let opinion = try await ask(bulletin, resolver: try FreePort.any())
            for topic in ["SPF", "DMARC", "MX", "Connection"] {
                let finding = opinion.findings.first { $0.topic == topic }
                #expect(finding?.verdict == "warning" && finding?.words.hasPrefix("could not be asked") == true)
            }
            #expect(opinion.status == 0, "\(opinion.findings)")
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/state"), "it changes nothing")
        }
    }

    @Test("says what is wrong with a configuration that cannot be read")
    func badConfiguration() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525, settings: "smpt: {}")
            let ending = try await bulletin.run("doctor")
            #expect(ending.status == 1)
            #expect(ending.output.contains("✗ wrong") && ending.output.contains("smpt"), "\(ending)")
        }
    }
}
