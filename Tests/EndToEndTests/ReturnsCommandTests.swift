import Foundation
import TestSupport
import Testing

@Suite("fortnight returns explain", .wholePrograms)
struct ReturnsCommandTests {
    private struct Row: Decodable {
        let `class`: String
        let recipient: String?
        let status: String?
        let verp: String?
        let seal: String?
    }

    private static let bounce = """
        Delivered-To: bulletin@example.org
        From: MAILER-DAEMON@mx.example.net
        To: bulletin+0024.z6htsoltl2ztl4nn2447axtsde.aaaaaaaaaaaaaaaa@example.org
        Subject: failure notice

        Hi. This is the qmail-send program at mx.example.net.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <jo@example.net>:
        Sorry, no mailbox here by that name. (#5.1.1)
        """

    @Test("classifies a message in JSON and in words, and rejects a forged return path")
    func explain() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 25)
            let file = "\(scratch)/bounce.eml"
            try Self.bounce.write(toFile: file, atomically: true, encoding: .utf8)
            let without = try JSONDecoder().decode(
                Row.self, from: Data(try await bulletin.done("returns", "explain", file, "--json").utf8))
            #expect(without.class == "hard" && without.recipient == "jo@example.net" && without.status == "5.1.1")
            #expect(without.verp?.hasPrefix("bulletin+0024.") == true && without.seal == "unknown")
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/state"), "it makes nothing")
            try await bulletin.done("subscribers", "add", "jo@example.net")
            let with = try JSONDecoder().decode(
                Row.self,
                from: Data(try await bulletin.done("returns", "explain", "-", "--json", input: Self.bounce).utf8))
            #expect(with.class == "hard" && with.seal == "forged")
            let words = try await bulletin.done("returns", "explain", file)
            #expect(words.contains("a hard bounce: no such mailbox") && words.contains("stays in the mailbox"))
        }
    }

    @Test("refuses a file that is too large or missing, in a sentence")
    func refusals() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 25)
            let missing = try await bulletin.run("returns", "explain", "\(scratch)/none.eml")
            #expect(missing.status == 1 && missing.errors.contains("cannot read"))
            try Data(count: 40 << 20).write(to: URL(filePath: "\(scratch)/large.eml"))
            let large = try await bulletin.run("returns", "explain", "\(scratch)/large.eml")
            #expect(large.status == 1 && large.errors.contains("more than 32 MB"))
        }
    }
}
