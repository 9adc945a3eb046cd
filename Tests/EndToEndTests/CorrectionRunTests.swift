import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("A correction being sent", .wholePrograms, .serialized)
struct CorrectionRunTests {
    private func counts(_ bulletin: LivingBulletin) async throws -> [String: Int] {
        let text = try await bulletin.done("deliveries", "1-c1", "--json")
        return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    }

    @Test(
        "is sent only to people who were sent the issue, once each, though the daemon is killed again and again")
    func killed() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .finalDot, ordinal: .every(20), action: .delay(.milliseconds(100)))
        ]
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                let readers = 600
                try await bulletin.addReaders(readers)
                try await bulletin.done("subscribers", "add", "hard.nobody@example.org")
                try await bulletin.done("issue", "send-now", "1")
                let first = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                first.signal(SIGKILL)
                _ = try await first.ended()
                #expect(inbox.counts().messages == readers)
                // People who joined since were not sent the issue; people who left get no mail.
                try await bulletin.done("subscribers", "add", "new@example.org")
                try await bulletin.done("subscribers", "unsubscribe", "reader0@example.org")
                let said = try await bulletin.done("issue", "correct", "1", "--text", "The number was wrong.")
                #expect(said.contains("It goes out now to everybody who was sent the issue"))

                var generator = RepeatableGenerator(seed: 24)
                for _ in 0..<5 {
                    let before = inbox.counts().messages
                    let daemon = try bulletin.start()
                    let more = Int.random(in: 1...60, using: &generator)
                    try await LivingBulletin.wait(for: "\(more) more messages") {
                        inbox.counts().messages >= before + more
                    }
                    daemon.signal(SIGKILL)
                    #expect(try await daemon.ended().signal == SIGKILL)
                }
                #expect((try await counts(bulletin)["owed"] ?? 0) > 0, "every kill found it at work")
                let daemon = try await bulletin.daemon()
                try await LivingBulletin.wait(for: "the correction to be sent") {
                    let now = try await counts(bulletin)
                    return now["accepted"] == readers - 1 && now["skipped"] == 2
                }
                #expect(try await bulletin.request("GET", "/issues/1").body.contains("The number was wrong."))
                #expect(try await bulletin.request("GET", "/issues/1/text").body.contains("The number was wrong."))
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)

                let corrections = inbox.messages().filter { $0.subject.hasPrefix("Correction") }
                let people = Set(corrections.flatMap(\.recipients))
                #expect(people.count == readers - 1)
                #expect(!people.contains("new@example.org") && !people.contains("reader0@example.org"))
                #expect(Set(corrections.compactMap(\.messageID)).count == readers - 1, "a repeat is the same message")
                #expect(corrections.count - (readers - 1) <= 5 * 4)
            }
        }
    }

    @Test("is sent first if its issue is still being sent, and afterwards to people who get the issue later")
    func whileSending() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [FaultRule(when: .finalDot, action: .delay(.milliseconds(40)))]
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                let readers = 400
                try await bulletin.addReaders(readers)
                try await bulletin.done("issue", "send-now", "1")
                let daemon = try await bulletin.daemon()
                try await LivingBulletin.wait(for: "the first messages") { inbox.counts().messages > 20 }
                try await bulletin.done("issue", "correct", "1", "--text", "The number was wrong.")
                try await LivingBulletin.wait(for: "everybody to have both") {
                    inbox.counts().messages == 2 * readers
                }
                try await bulletin.waitUntil("sent")
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                let messages = inbox.messages()
                let firstCorrection = try #require(messages.firstIndex { $0.subject.hasPrefix("Correction") })
                let lastIssue = try #require(messages.lastIndex { !$0.subject.hasPrefix("Correction") })
                #expect(firstCorrection < lastIssue, "it did not wait for the whole issue")
                var gotIssue: Set<String> = []
                for message in messages {
                    if message.subject.hasPrefix("Correction") {
                        #expect(gotIssue.isSuperset(of: message.recipients), "nobody gets it before the issue")
                    } else {
                        gotIssue.formUnion(message.recipients)
                    }
                }
            }
        }
    }
}
