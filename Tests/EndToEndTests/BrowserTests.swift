import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("In a real browser", .wholePrograms, .serialized)
struct BrowserTests {
    @Test(
        "a person joins, chooses, reads, searches and leaves, on pages that everybody can use",
        arguments: ["script", "no-script"])
    func journey(kind: String) async throws {
        try await withScratchFolder { scratch in
            var configuration = InboxConfiguration()
            configuration.keep = .folder("\(scratch)/mail")
            try await InboxServer.with(configuration) { inbox in
                try FileManager.default.createDirectory(
                    atPath: "\(scratch)/returned", withIntermediateDirectories: false)
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, settings: "mailbox: {url: \"maildir:\(scratch)/returned\"}")
                try await bulletin.queueNotice()
                let daemon = try await bulletin.daemon()
                let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "browser.py").path
                let ending = try await ProgramRun.run(
                    Programs.browserPython(),
                    [
                        script, kind, "http://127.0.0.1:\(bulletin.webPort)", "\(scratch)/mail",
                        Programs.ours("fortnight"), "\(scratch)/state/subscriptions/roll.jsonl",
                    ],
                    environment: ["FORTNIGHT_CONFIG": "\(scratch)/fortnight.yaml"], within: .seconds(240))
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.output.contains(" pages"))
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
            }
        }
    }
}
