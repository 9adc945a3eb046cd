import Foundation
import TestSupport
import Testing

/// Signatures, verified by the independent dkimpy, from the bytes that arrived through Postfix.
@Suite("Signed mail", .wholePrograms)
struct SigningRunTests {
    private struct Verdict: Decodable {
        let verdicts: [String: Bool]
        let passedThough: [String]
        let subject: String
        let isFolded: Bool
        let longestLine: Int
    }

    private func verdicts(_ messages: [Data], records: String, in scratch: String) async throws -> [Verdict] {
        try Data(records.utf8).write(to: URL(filePath: "\(scratch)/records"))
        var files: [String] = []
        for (index, message) in messages.enumerated() {
            files.append("\(scratch)/arrived-\(index).eml")
            try message.write(to: URL(filePath: files[index]))
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "dkim_check.py").path
        let ending = try await ProgramRun.run(
            Programs.python(), [script, "\(scratch)/records"] + files, within: .seconds(120))
        #expect(ending.status == 0, "\(ending.errors)")
        return try ending.output.split(separator: "\n").map {
            try JSONDecoder().decode(Verdict.self, from: Data($0.utf8))
        }
    }

    @Test("verifies with both keys, whatever the message and the recipient, and no change goes unnoticed")
    func arrivedThroughPostfix() async throws {
        try await withScratchFolder { scratch in
            try await PostfixInstance.with(in: scratch) { postfix in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: postfix.port,
                    settings: """
                        editors: [editor@example.org]
                        dkim:
                          - {domain: example.org, selector: fortnight, keyFile: fortnight.pem}
                          - {domain: example.org, selector: second, keyFile: second.pem}
                        """)
                var records = try await bulletin.done("dkim", "generate", "--json")
                records += try await bulletin.done("dkim", "generate", "--type", "ed25519", "--json")
                #expect(try await bulletin.done("dkim", "show", "--json") == records)

                try await bulletin.done(
                    "add", "notice", "--title",
                    "Café “Ż”, \(String(repeating: "a very long title with  blanks, ", count: 4))and an end",
                    "--summary",
                    "Words  with   blanks, and .a dot.\n\n.\n\nFrom here on, \(String(repeating: "x", count: 1200))",
                    "--taking-part-phone", "0161 496 0456")
                try await bulletin.done(
                    "subscribers", "import", "-",
                    input: """
                        email,name
                        plain@example.org,
                        zofia@example.net,"Zofia  ""Ż""  Żółkiewska, \(String(repeating: "long ", count: 20))"
                        jo@bücher.example,Jo; v=1; b=;

                        """)
                try await bulletin.done("subscribers", "edit", "plain@example.org", "--format", "text")
                let item = try await itemID(bulletin)
                let daemon = try await bulletin.daemon()
                try await bulletin.done("preview", "--to", "editor@example.org")
                _ = try await bulletin.request("POST", "/subscribe", body: "email=ada%40example.org&name=Ada")
                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                try await bulletin.done(
                    "issue", "correct", "1", "--item", item, "--text", "It is  at 10:00.")
                // A proof, a letter asking for confirmation, three of the issue and three of its correction; also a
                // note to the editors, if one is due at the issue's time.
                let messages = try await postfix.waitForMessages(8)
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()

                let found = try await verdicts(messages, records: records, in: scratch)
                #expect(found.count == messages.count)
                for one in found {
                    #expect(one.verdicts == ["rsa-sha256": true, "ed25519-sha256": true], "\(one.subject)")
                    #expect(one.passedThough == [], "\(one.subject)")
                    #expect(one.longestLine <= 998)
                }
                #expect(found.contains { $0.isFolded })
                for word in ["[Proof]", "confirm", "orrection"] {
                    #expect(found.contains { $0.subject.contains(word) }, "\(found.map(\.subject))")
                }
            }
        }
    }

    private func itemID(_ bulletin: LivingBulletin) async throws -> String {
        struct Row: Decodable { let id: String }
        let line = try await bulletin.done("items", "--json").split(separator: "\n").first
        return try JSONDecoder().decode(Row.self, from: Data(try #require(line).utf8)).id
    }

    @Test("is not started with a bad key: the daemon names the file and the remedy")
    func badKeys() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(
                in: scratch, smtpPort: 2525,
                settings: "dkim: {domain: example.org, selector: fortnight, keyFile: fortnight.pem}")
            func refusal() async throws -> String {
                let run = try bulletin.start()
                let ending = try await run.ended()
                #expect(ending.status == 1)
                return ending.errors
            }
            #expect(
                try await refusal().contains(
                    "fortnight.pem: does not exist, and dkim.keyFile names it: make it with \"fortnight dkim generate\""
                ))
            let words = try await bulletin.done("dkim", "generate")
            #expect(words.contains("fortnight._domainkey.example.org. IN TXT (\n    \"v=DKIM1; k=rsa; p="))
            #expect(
                words.contains("the name is fortnight._domainkey, and the value, in one piece:\n\nv=DKIM1; k=rsa; p="))
            #expect(words.contains("fortnight.yaml names it already"))
            let file = "\(scratch)/fortnight.pem"
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let key = try Data(contentsOf: URL(filePath: file))
            let again = try await bulletin.run("dkim", "generate", "--file", file)
            #expect(again.status == 1 && again.errors.contains("keys are never overwritten"))
            #expect(try Data(contentsOf: URL(filePath: file)) == key)

            for mode in [0o640, 0o604, 0o660] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                #expect(
                    try await refusal().contains(
                        "may be read by others than its owner, and dkim.keyFile names it: chmod 600 \(file)"))
            }
            try Data("no key\n".utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            #expect(
                try await refusal().contains("fortnight.pem: contains no private key in PEM, and dkim.keyFile names it")
            )

            // As systemd provides it: in its folder of credentials, readable by the service's group.
            let credentials = "\(scratch)/credentials"
            try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
            try key.write(to: URL(filePath: "\(credentials)/fortnight.pem"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o440], ofItemAtPath: "\(credentials)/fortnight.pem")
            let daemon = try await bulletin.daemon(["CREDENTIALS_DIRECTORY": credentials])
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test("tells what to put into fortnight.yaml, beside the keys that are there")
    func whatToConfigure() async throws {
        try await withScratchFolder { scratch in
            let bare = try LivingBulletin(in: scratch, smtpPort: 2525)
            let first = try await bare.done("dkim", "generate")
            #expect(
                first.contains("\ndkim: {domain: example.org, selector: fortnight, keyFile: \"fortnight.pem\"}\n"),
                "\(first)")
            let signing = try LivingBulletin(
                in: scratch, smtpPort: 2525,
                settings: "dkim: {domain: example.org, selector: fortnight, keyFile: fortnight.pem}")
            let second = try await signing.done("dkim", "generate", "--type", "ed25519")
            #expect(
                second.contains(
                    """
                    dkim:
                      - {domain: example.org, selector: fortnight, keyFile: "fortnight.pem"}
                      - {domain: example.org, selector: fortnight-ed25519, keyFile: "fortnight-ed25519.pem"}

                    """), "\(second)")
            let taken = try await signing.run(
                "dkim", "generate", "--selector", "fortnight", "--file", "\(scratch)/other.pem")
            #expect(taken.status == 1 && taken.errors.contains("choose another with --selector"))
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/other.pem"))
        }
    }
}
