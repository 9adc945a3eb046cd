import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("Keeping the state, with the real programs", .wholePrograms)
struct KeepingTests {
    @Test("a backup of a running daemon is restored, later leavers stay unsubscribed, and nobody gets an issue twice")
    func circle() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(6)
                let first = try await bulletin.daemon()
                let backup = "\(scratch)/backup.tar"
                #expect(try await bulletin.done("backup", "--to", backup).contains("written and checked"))
                #expect(try await bulletin.done("backup", "--verify", backup).contains("6 subscribers"))
                #expect(try await bulletin.run("backup", "--to", backup).status == 1)

                // After the backup: the issue is sent, and a reader leaves.
                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                try await bulletin.done("subscribers", "unsubscribe", "reader3@example.org")
                #expect(try await bulletin.done("verify").contains("no damage"))
                #expect(try await bulletin.run("restore", backup).errors.contains("already holds a state"))
                first.signal(SIGTERM)
                _ = try await first.ended()

                let state = "\(scratch)/state"
                try FileManager.default.moveItem(atPath: state, toPath: state + ".damaged")
                let said = try await bulletin.done("restore", backup, "--damaged", state + ".damaged")
                #expect(said.contains("subscriber list: 1 later change") && said.contains("are not known"))
                let second = try await bulletin.daemon()
                _ = try await second.line(holding: "nothing is sent until a person has said")
                #expect(
                    try await bulletin.run("verify", "--repair").errors.contains("another fortnightd is running on"))
                let status = try await bulletin.done("status")
                #expect(status.contains("--accept-gap"), "\(status)")
                let doctor = try await bulletin.run("doctor", "--resolver", "127.0.0.1:\(FreePort.any())")
                #expect(doctor.status == 1 && doctor.output.contains("--accept-gap"))
                try await bulletin.done("issue", "send-now", "1")
                #expect(try await bulletin.run("restore", "--sent-through", "1").status == 64)
                #expect(try await bulletin.done("restore", "--sent-through", "1", "--accept-gap").contains("issue 1"))
                #expect(try await bulletin.run("restore", "--sent-through", "1", "--accept-gap").status == 1)
                #expect(try await bulletin.done("subscribers", "show", "reader3@example.org").contains("unsubscribed"))
                #expect(try await bulletin.done("verify").contains("no damage"))
                // A message that is sent after all, to show that there was time for the others.
                try await bulletin.done("issue", "send-now", "2")
                try await LivingBulletin.wait(for: "issue 2") { inbox.counts().messages >= 6 + 5 }
                second.signal(SIGTERM)
                _ = try await second.ended()
                #expect(inbox.counts().messages == 6 + 5)
            }
        }
    }
}
